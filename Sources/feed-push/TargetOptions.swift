import ArgumentParser
import Command
import SFTP
import Stage
import Transfer

/// The drop directory, and how to connect to it.
struct TargetOptions: ParsableArguments {
  @Option(
    help: .init("The drop directory: sftp://user@host/path or file:///srv/drop.", valueName: "url"),
    transform: { try DropLocation(url: $0) })
  var to: DropLocation

  @Option(help: .init("The permissions of delivered files.", valueName: "octal"))
  var mode = FileMode(bits: 0o640)

  @Option(help: .init("What Alma adds to the names of the files that it has taken.", valueName: "suffix"))
  var handledSuffix = ".handled"

  @OptionGroup var ssh: SSHOptions

  @OptionGroup var retries: RetryOptions

  static let settings: [Setting] =
    [.option("to"), .option("mode"), .option("handled-suffix")] + SSHOptions.settings + RetryOptions.settings

  func validate() throws {
    guard !handledSuffix.isEmpty, !handledSuffix.contains("/") else {
      throw ValidationError("--handled-suffix is the end of a file name, as .handled")
    }
  }

  /// Reads the secrets, and checks the files that `ssh` reads later, so that a failure can name them.
  func open(_ diagnostics: Diagnostics) throws -> DropTarget {
    var login = SSHLogin()
    if case .server = to { login = try ssh.login() }
    return DropTarget(to, login, retries.limits, diagnostics)
  }
}

/// Permissions in octal digits, from 000 to 0777.
struct FileMode: ExpressibleByArgument, CustomStringConvertible {
  let bits: UInt16

  init(bits: UInt16) { self.bits = bits }

  init?(argument: String) {
    guard (3...4).contains(argument.count), let bits = UInt16(argument, radix: 8), bits <= 0o777 else { return nil }
    self.bits = bits
  }

  var description: String { "0" + String(bits, radix: 8) }
}

extension DeliveryOptions.Verification: ExpressibleByArgument {}
