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
    /// Half of a surrogate pair, as an escape, in a document whose texts are needed whole.
    case loneSurrogate
    /// An object or array that is nested deeper than its reader allows.
    case nestedTooDeeply
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
    if case .endsEarly = problem { return "it ends at byte \(offset) in the middle of a value" }
    return "\(problem) at byte \(offset)"
  }

  fileprivate static func name(of byte: UInt8) -> String {
    if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count == 1 ? "0" : "") + digits
  }
}

extension JSONFault.Problem: CustomStringConvertible {
  /// What is wrong, without the place.
  public var description: String {
    switch self {
    case .endsEarly: "it ends in the middle of a value"
    case .unexpectedByte(let byte): "unexpected \(JSONFault.name(of: byte))"
    case .controlCharacter(let byte): "raw control character \(JSONFault.name(of: byte)) in a string"
    case .invalidEscape: "invalid escape in a string"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .loneSurrogate: "half of a surrogate pair in a string"
    case .nestedTooDeeply: "nested too deeply"
    }
  }
}
