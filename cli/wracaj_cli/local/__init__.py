"""The local stack: the real template, built and deployed by the real SAM CLI, on an emulator on this machine."""
