import CLinux
import Files
import Glibc

/// What every stage does first, before it opens anything.
enum ProcessSetup {
  static func run() {
    openStandardFiles()
    keepFilesFromChildren()
    // A reader that goes away ends the stage, as it ends any filter.
    signal(SIGPIPE, SIG_DFL)
    // A write over the limit on the size of files fails, and is reported; it does not kill.
    signal(SIGXFSZ, SIG_IGN)
    // A core file would hold secrets and people's data.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// With one of them closed, a file that is opened later would get its number: diagnostics would go into a ledger.
  private static func openStandardFiles() {
    while true {
      let file = unsafe open("/dev/null", O_RDWR)
      if file < 0 || file > STDERR_FILENO {
        if file > STDERR_FILENO { close(file) }
        return
      }
    }
  }

  /// A program that a stage starts may outlive it, as ssh does with ControlPersist. It must hold neither the lock of the night nor a
  /// pipe.
  private static func keepFilesFromChildren() {
    if linux_keep_from_children(3) == 0 { return }
    // Linux before 5.11.
    for name in (try? Directory.names(in: "/proc/self/fd")) ?? [] {
      guard let file = Int32(name), file > STDERR_FILENO else { continue }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    }
  }
}
