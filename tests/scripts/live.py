#!/usr/bin/env python3
"""The parts of live.sh that a shell cannot do.

usage: live.py play IFACE CAPTURE    send its frames, in order, without delay
       live.py compare WANT GOT      are the task events the same?
"""
import json
import socket
import sys
import time

import pcapfile

# What differs between a file and a wire; flow_id depends on when the flow began,
# detection on how far off a task's time is.
PLACE = ("timestamp", "flow_id", "pcap_cnt", "pcap_filename", "in_iface", "detection")


def play(iface, path):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((iface, 0))
        for frame in pcapfile.load(path)[1]:
            s.send(frame.data)
            time.sleep(0.0005)


def tasks(path):
    out = []
    with open(path) as f:
        for line in f:
            event = json.loads(line)
            if event["event_type"] == "task":
                out.append({k: v for k, v in event.items() if k not in PLACE})
    return out


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("play", "compare"):
        sys.exit(__doc__)
    if sys.argv[1] == "play":
        return play(*sys.argv[2:])
    want, got = tasks(sys.argv[2]), tasks(sys.argv[3])
    if want == got and want:
        return 0
    print("# %d events in replay, %d live" % (len(want), len(got)))
    for w, g in zip(want, got):
        if w != g:
            print("# replay: %.600s\n# live:   %.600s" % (json.dumps(w), json.dumps(g)))
            break
    return 1


if __name__ == "__main__":
    sys.exit(main())
