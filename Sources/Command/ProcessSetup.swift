import CLinux
import Files
import Glibc

/// Sets up the process before any file is opened. No other code changes the state of the process.
enum ProcessSetup {
  static func run() {
    openStandardFiles()
    keepFilesFromChildren()
    // If the reader of standard output has ended, the stage is killed by SIGPIPE, as any filter is.
    signal(SIGPIPE, SIG_DFL)
    // A write beyond the limit on file sizes is an error.
    signal(SIGXFSZ, SIG_IGN)
    // If SIGCHLD is ignored, as under some schedulers, the kernel keeps no exit status of children.
    signal(SIGCHLD, SIG_DFL)
    // A core file would contain secrets and personal data.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// Opens standard files that are closed. Otherwise a file opened later would get their number, and messages would be
  /// written into it.
  private static func openStandardFiles() {
    while true {
      let file = unsafe open("/dev/null", O_RDWR)
      if file < 0 || file > STDERR_FILENO {
        if file > STDERR_FILENO { close(file) }
        return
      }
    }
  }

  /// Keeps children from inheriting the lock of the run, or a pipe: some outlive the stage, as ssh does with
  /// ControlPersist.
  private static func keepFilesFromChildren() {
    if linux_keep_from_children(3) == 0 { return }
    // Linux before 5.11.
    for name in (try? Directory.names(in: "/proc/self/fd")) ?? [] {
      guard let file = Int32(name), file > STDERR_FILENO else { continue }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    }
  }
}
