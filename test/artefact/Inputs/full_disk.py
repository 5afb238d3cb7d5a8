# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""full_disk.py BYTES COMMAND...: runs it where no file may be longer, as on a
disk that is full; succeeds when the command exits with 1."""

import resource
import signal
import subprocess
import sys

limit = int(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
done = subprocess.run(sys.argv[2:], restore_signals=False)
sys.exit(done.returncode != 1)
