/** The environment of processes that must not see a test runner's or a shell's settings. */

const always = ["PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
const kept = new Set([...always, ...proxies, ...proxies.map(name => name.toLowerCase())]);

/** Only what a process needs to run and to reach the network. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.has(name)));
}
