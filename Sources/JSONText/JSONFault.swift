/// The first error in a text that is not valid JSON.
public struct JSONFault: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The text ends inside a value; more bytes might complete it.
    case endsEarly
    /// A byte that the grammar of RFC 8259 does not allow here.
    case unexpectedByte(UInt8)
    /// A control character in a string, not escaped.
    case controlCharacter(UInt8)
    /// A backslash that begins no escape of JSON.
    case invalidEscape
    /// Bytes in a string that are not UTF-8.
    case invalidUTF8
  }

  /// Bytes from the start of the text.
  public let offset: Int
  public let problem: Problem

  public init(offset: Int, problem: Problem) {
    self.offset = offset
    self.problem = problem
  }
}

extension JSONFault: CustomStringConvertible {
  public var description: String {
    switch problem {
    case .endsEarly: "it ends at byte \(offset) in the middle of a value"
    case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte)) at byte \(offset)"
    case .controlCharacter(let byte): "raw control character \(Self.name(of: byte)) in a string at byte \(offset)"
    case .invalidEscape: "invalid escape in a string at byte \(offset)"
    case .invalidUTF8: "bytes that are not UTF-8 at byte \(offset)"
    }
  }

  private static func name(of byte: UInt8) -> String {
    if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count == 1 ? "0" : "") + digits
  }
}
