/// A value's place in a text, and what kind of value it is, in twelve bytes.
public struct JSONSlice: Sendable, Equatable {
  public enum Shape: UInt8, Sendable {
    /// The object has no such member.
    case absent
    case null
    case string
    /// A number without fraction and exponent.
    case integer
    /// A number with a fraction or an exponent.
    case decimal
    case boolean
    case object
    case array
  }

  private let first: UInt32
  private let length: UInt32
  public let shape: Shape
  /// A string with at least one backslash in it.
  public let hasEscapes: Bool
  /// A string without bytes above 0x7F.
  public let isASCII: Bool
  /// A string in which U+FFFE or U+FFFF stands, not as an escape.
  public let hasNoncharacter: Bool

  @inline(__always)
  init(
    start: Int, end: Int, shape: Shape, hasEscapes: Bool = false, isASCII: Bool = true,
    hasNoncharacter: Bool = false
  ) {
    first = UInt32(truncatingIfNeeded: start)
    length = UInt32(truncatingIfNeeded: end &- start)
    self.shape = shape
    self.hasEscapes = hasEscapes
    self.isASCII = isASCII
    self.hasNoncharacter = hasNoncharacter
  }

  /// What stands for a member that the object does not have.
  public static var absent: JSONSlice { JSONSlice(start: 0, end: 0, shape: .absent) }

  /// The value's first byte; of a string, the one after its quotation mark.
  public var start: Int { Int(first) }
  /// How many bytes the value takes; of a string, those between its quotation marks.
  public var count: Int { Int(length) }
  public var end: Int { start &+ count }

  /// The offset behind the value; of a string, behind its closing quotation mark.
  public var behind: Int { shape == .string ? end &+ 1 : end }
}
