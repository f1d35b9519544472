public import ArgumentParser
import Command
import Files
import Stage
public import Transfer

/// Where the feeds go, and how.
struct TargetOptions: ParsableArguments {
  @Option(
    help: .init("The drop directory: sftp://user@host/path or file:///srv/drop.", valueName: "url"),
    transform: { try DropLocation(url: $0) })
  var to: DropLocation

  @Option(help: .init("The permissions of delivered files.", valueName: "octal"))
  var mode = FileMode(bits: 0o640)

  @Option(help: .init("What Alma adds to the names of files that it has taken.", valueName: "suffix"))
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
    var session = DropTarget.Session()
    if case .server = to { session = try ssh.session() }
    return DropTarget(to, session, retries.limits, diagnostics)
  }
}

extension WaitingTime: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension DeliveryOptions.Verification: ExpressibleByArgument {}
