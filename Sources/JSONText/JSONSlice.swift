/// The range of a value in a text, and its kind, in sixteen bytes.
public struct JSONSlice: BitwiseCopyable, Sendable, Equatable {
  /// The kind of a value.
  public enum Shape: UInt8, BitwiseCopyable, Sendable {
    /// The object has no such member.
    case absent
    /// `null`.
    case null
    /// A string that is empty or has only spaces.
    case blank
    /// Any other string.
    case string
    /// A number without fraction and exponent.
    case integer
    /// A number with a fraction or an exponent.
    case decimal
    /// `true` or `false`.
    case boolean
    /// An object.
    case object
    /// An array.
    case array
  }

  /// What a string needs beyond a plain copy. It is empty for ASCII without escapes and without spaces around it.
  public struct Claims: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8

    /// Creates claims from their bits.
    @inlinable @inline(__always)
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It has a backslash.
    public static var hasEscapes: Claims { Claims(rawValue: 1) }
    /// It has bytes above 0x7F.
    public static var isBeyondASCII: Claims { Claims(rawValue: 2) }
    /// It has U+FFFE or U+FFFF, not as an escape.
    public static var hasNoncharacter: Claims { Claims(rawValue: 4) }
    /// Its first or last byte is a space or a control character, or belongs to a character beyond ASCII, which may be
    /// white space.
    public static var mayBeTrimmed: Claims { Claims(rawValue: 8) }
  }

  /// The offset of the value's first byte; of a string, of the first byte after its quotation mark.
  public let start: Int
  @usableFromInline let length: UInt32
  /// The kind of value.
  public let shape: Shape
  /// What a string needs beyond a plain copy; empty for other values.
  public let claims: Claims

  /// Creates the slice of a value. Its length must be less than 4 GiB.
  /// - Parameters:
  ///   - start: for a string, the offset after its opening quotation mark.
  ///   - end: for a string, the offset of its closing quotation mark.
  @inlinable @inline(__always)
  public init(start: Int, end: Int, shape: Shape, claims: Claims = []) {
    self.start = start
    length = UInt32(truncatingIfNeeded: end &- start)
    self.shape = shape
    self.claims = claims
  }

  /// The slice of a member that the object does not have.
  @inlinable @inline(__always)
  public static var absent: JSONSlice { JSONSlice(start: 0, end: 0, shape: .absent) }

  /// Whether the value needs more than a plain copy: it must be trimmed or has escapes, or it is neither text nor an
  /// integer nor null.
  @inline(__always)
  var isUnusual: Bool { !claims.subtracting(.isBeyondASCII).isEmpty || shape.rawValue > Shape.integer.rawValue }

  /// Whether the value is a string, blank or not.
  @inlinable @inline(__always)
  public var isString: Bool { shape == .string || shape == .blank }

  /// The length of the value in bytes; of a string, without its quotation marks.
  @inlinable @inline(__always)
  public var count: Int { Int(length) }
  /// The offset after the value's last byte; of a string, of its closing quotation mark.
  @inlinable @inline(__always)
  public var end: Int { start &+ count }

  /// The offset after the value; of a string, after its closing quotation mark.
  @inlinable @inline(__always)
  public var behind: Int { isString ? end &+ 1 : end }
}
