#!/bin/sh
# Stands in for workerd, which outlives a starter that was killed and would keep the port and the database.
# LIFELINE is a named pipe that only the starter holds open for writing: reading it ends when the starter does, however
# it ends. Opening it waits for a writer, so with the starter gone already workerd never begins.
exec 4<"$LIFELINE"
me=$$
(
	cat <&4
	kill -9 "$me"
	rm -rf "$RUN_DIR"
) </dev/null >/dev/null 2>&1 3>&- &
exec "$WORKERD" "$@" 4<&-
