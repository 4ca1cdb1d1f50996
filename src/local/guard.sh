# Ends the processes of a local run and removes its files when whoever started it is gone, however it went.
# Reads "watch PID", "forget PID" and "remove DIRECTORY" from a pipe; the end of the pipe is the signal.
trap '' HUP INT TERM
pids=" "
while read -r verb what; do
  case "$verb" in
    watch) pids="$pids$what " ;;
    forget)
      rest=" "
      for pid in $pids; do
        [ "$pid" = "$what" ] || rest="$rest$pid "
      done
      pids=$rest
      ;;
    remove) set -- "$@" "$what" ;;
  esac
done
for pid in $pids; do
  kill -9 "-$pid" 2>/dev/null
done
for directory in "$@"; do
  for attempt in 1 2 3 4 5; do
    rm -rf -- "$directory" 2>/dev/null && break
    sleep 0.2
  done
done
