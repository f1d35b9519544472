/// A value's place in a text, and what kind of value it is, in sixteen bytes.
public struct JSONSlice: Sendable, Equatable {
  public enum Shape: UInt8, Sendable {
    /// The object has no such member.
    case absent
    case null
    /// A string of nothing, or of nothing but spaces.
    case blank
    /// Any other string.
    case string
    /// A number without fraction and exponent.
    case integer
    /// A number with a fraction or an exponent.
    case decimal
    case boolean
    case object
    case array
  }

  /// What is claimed of a string that is more than ASCII without escapes and without spaces around it.
  public struct Claims: OptionSet, Sendable {
    public let rawValue: UInt8

    @inlinable @inline(__always)
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// At least one backslash is in it.
    public static var hasEscapes: Claims { Claims(rawValue: 1) }
    /// Bytes above 0x7F are in it.
    public static var isBeyondASCII: Claims { Claims(rawValue: 2) }
    /// U+FFFE or U+FFFF stands in it, not as an escape.
    public static var hasNoncharacter: Claims { Claims(rawValue: 4) }
    /// Its first or last byte is a space, or of a character beyond ASCII, which may be one.
    public static var mayBeTrimmed: Claims { Claims(rawValue: 8) }
  }

  /// The value's first byte; of a string, the one after its quotation mark.
  public let start: Int
  @usableFromInline let length: UInt32
  public let shape: Shape
  public let claims: Claims

  /// - Parameters:
  ///   - start: of a string the offset behind its quotation mark.
  ///   - end: of a string the offset of its closing quotation mark.
  @inlinable @inline(__always)
  public init(start: Int, end: Int, shape: Shape, claims: Claims = []) {
    self.start = start
    length = UInt32(truncatingIfNeeded: end &- start)
    self.shape = shape
    self.claims = claims
  }

  /// What stands for a member that the object does not have.
  @inlinable @inline(__always)
  public static var absent: JSONSlice { JSONSlice(start: 0, end: 0, shape: .absent) }

  /// More than text as it stands: to be trimmed or resolved, or neither text nor an integer nor null.
  @inline(__always)
  var isUnusual: Bool { !claims.subtracting(.isBeyondASCII).isEmpty || shape.rawValue > Shape.integer.rawValue }

  /// A string, blank or not.
  @inlinable @inline(__always)
  public var isString: Bool { shape == .string || shape == .blank }

  /// How many bytes the value takes; of a string, those between its quotation marks.
  @inlinable @inline(__always)
  public var count: Int { Int(length) }
  @inlinable @inline(__always)
  public var end: Int { start &+ count }

  /// The offset behind the value; of a string, behind its closing quotation mark.
  @inlinable @inline(__always)
  public var behind: Int { isString ? end &+ 1 : end }
}
