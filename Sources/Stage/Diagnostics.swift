import Glibc
import SystemPackage

/// Writes messages to standard error, one line each.
package struct Diagnostics: Sendable {
  /// The program's name. Every line begins with it.
  package let program: String
  /// Whether notes are written, as with `--verbose`.
  package let isVerbose: Bool

  package init(program: String, isVerbose: Bool = false) {
    self.program = program
    self.isVerbose = isVerbose
  }

  /// Writes a message.
  package func report(_ message: some CustomStringConvertible) {
    Self.write("\(program): \(Self.escaped(message.description))\n")
  }

  /// Writes a message if `--verbose` was given.
  package func note(_ message: @autoclosure () -> String) {
    if isVerbose { report(message()) }
  }

  /// Whether standard error is a terminal.
  package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether standard input and standard error are both terminals.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isTerminal }

  /// Writes to standard error. A failure is ignored, because there is no other place to report it.
  static func write(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }

  /// The text as one line. Control characters, which can change what a terminal shows, are escaped.
  package static func escaped(_ text: String) -> String {
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
