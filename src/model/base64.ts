/** Text as Secrets and Basic authentication write it. */

/** Base64 of the text's UTF-8. */
export function encodeBase64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
