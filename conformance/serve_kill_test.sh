#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The judge of killed servers itself: serve_kill_test.sh SERVE_KILL ASL. A server that forgets what was
# in its store when it is started again is found guilty.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/asl" <<END
#!/bin/sh
# serve --port 0 --store DIR ...
[ ! -d "\$5" ] || mv "\$5" "\$5.\$\$"
exec '$2' "\$@"
END
chmod +x "$work/asl"
out=$("$1" --kills 1 --asl "$work/asl") && status=0 || status=$?
verdict='not ok'
if [ $status -eq 1 ] && echo "$out" | grep -q "started.* by the server's word, is: 400 "; then verdict=ok; fi
echo "$verdict 1 - a server that forgets is found guilty"
echo "$out" | tail -n 5 | sed 's/^/# /'
echo 1..1
