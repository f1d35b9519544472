public import ArgumentParser
import StageSupport
public import Transfer

/// Where the feeds go, and how.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The drop directory: file:///srv/drop.", valueName: "url"),
    transform: { try DropLocation(url: $0) })
  var to: DropLocation

  @Option(help: ArgumentHelp("The permissions of delivered files.", valueName: "octal"))
  var mode = FileMode(bits: 0o640)

  @Option(help: ArgumentHelp("What Alma adds to the names of files that it has taken.", valueName: "suffix"))
  var handledSuffix = ".handled"

  static let settings: [Setting] = [.option("to"), .option("mode"), .option("handled-suffix")]

  func validate() throws {
    guard !handledSuffix.isEmpty, !handledSuffix.contains("/") else {
      throw ValidationError("--handled-suffix is the end of a file name, as .handled")
    }
  }

  func open(_ diagnostics: Diagnostics) throws -> DropTarget { DropTarget(to) }
}

/// Permissions in octal digits.
struct FileMode: ExpressibleByArgument, CustomStringConvertible {
  let bits: UInt16

  init(bits: UInt16) { self.bits = bits }

  init?(argument: String) {
    guard (3...4).contains(argument.count), let bits = UInt16(argument, radix: 8), bits <= 0o777 else { return nil }
    self.bits = bits
  }

  var description: String { "0" + String(bits, radix: 8) }
}

extension WaitingTime: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension DeliveryOptions.Verification: ExpressibleByArgument {}
