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

  @usableFromInline let first: UInt32
  @usableFromInline let length: UInt32
  public let shape: Shape
  /// A bit for each claim below; none of a string of plain ASCII.
  @usableFromInline let claims: UInt8

  @inline(__always)
  init(
    start: Int, end: Int, shape: Shape, hasEscapes: Bool = false, isASCII: Bool = true,
    hasNoncharacter: Bool = false
  ) {
    first = UInt32(truncatingIfNeeded: start)
    length = UInt32(truncatingIfNeeded: end &- start)
    self.shape = shape
    claims = (hasEscapes ? 1 : 0) | (isASCII ? 0 : 2) | (hasNoncharacter ? 4 : 0)
  }

  /// What stands for a member that the object does not have.
  public static var absent: JSONSlice { JSONSlice(start: 0, end: 0, shape: .absent) }

  /// A string with at least one backslash in it.
  public var hasEscapes: Bool { claims & 1 != 0 }
  /// A string without bytes above 0x7F.
  public var isASCII: Bool { claims & 2 == 0 }
  /// A string in which U+FFFE or U+FFFF stands, not as an escape.
  public var hasNoncharacter: Bool { claims & 4 != 0 }
  /// A string of ASCII without escapes.
  @inlinable public var isPlainString: Bool { shape == .string && claims == 0 }

  /// The value's first byte; of a string, the one after its quotation mark.
  @inlinable public var start: Int { Int(first) }
  /// How many bytes the value takes; of a string, those between its quotation marks.
  @inlinable public var count: Int { Int(length) }
  @inlinable public var end: Int { start &+ count }

  /// The offset behind the value; of a string, behind its closing quotation mark.
  @inlinable public var behind: Int { shape == .string ? end &+ 1 : end }
}
