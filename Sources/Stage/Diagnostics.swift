import Glibc
import SystemPackage

/// Says things to people on standard error, one line each.
public struct Diagnostics: Sendable {
  /// The program's name, with which every line begins.
  public let program: String
  /// `-v`: say also what is going on.
  public let isVerbose: Bool

  public init(program: String, isVerbose: Bool = false) {
    self.program = program
    self.isVerbose = isVerbose
  }

  /// Says what went wrong.
  public func report(_ message: some CustomStringConvertible) {
    Self.write("\(program): \(Self.escaped(message.description))\n")
  }

  /// Says what is going on, where that was asked for.
  public func note(_ message: @autoclosure () -> String) {
    if isVerbose { report(message()) }
  }

  /// Standard error is a terminal.
  public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes to standard error. There is nobody left to tell where that fails.
  static func write(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }

  /// The text in one line: control characters, with which data could play tricks on a terminal, are spelled out.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
