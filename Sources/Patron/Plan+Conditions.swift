/// The conditions of a plan: plain values, most of which name others by number.
extension Plan {
  /// A condition, its negation, or none.
  struct Term: BitwiseCopyable, Equatable, Sendable {
    /// The number of the condition, or -1 for none.
    let condition: Int32
    let isNegated: Bool
    /// Whether the answer is in the bits of the plain tests: those under the mask must be the wanted ones.
    let isPlain: Bool
    let mask, wanted: UInt64

    static let always = Term(condition: -1, isNegated: false, isPlain: true, mask: 0, wanted: 0)
  }

  /// The tests of a field for codes of at most seven bytes, or for being blank or not. All of them are made at once
  /// when a person has been read, and each answer is a bit.
  struct PlainTests: BitwiseCopyable, Sendable {
    let slot: Slot
    /// The tests that pass if the field is blank, and those that pass if it has a text that is none of the codes.
    let blank, other: UInt64
    let codes: Extent
  }

  /// A code, and the tests that pass if the field has it.
  ///
  /// The codes of a field are a hash table: its size is a power of two, and a code is at the place that its hash gives,
  /// or behind it, before the next empty place.
  struct PlainCode: BitwiseCopyable, Sendable {
    let code, passing: UInt64

    /// An empty place. No code is 0, because a code has its length in it.
    static let none = PlainCode(code: 0, passing: 0)

    /// The place of a code in a table of any size, of which the lowest bits are used.
    @inline(__always)
    static func place(of code: UInt64) -> Int {
      Int(truncatingIfNeeded: (code &* 0x9E37_79B9_7F4A_7C15) &>> 40)
    }

    /// The table of some codes, at most half full.
    static func table(_ codes: [PlainCode]) -> [PlainCode] {
      if codes.isEmpty { return [] }
      var size = 2
      while size < codes.count * 2 { size *= 2 }
      var table = Array(repeating: none, count: size)
      for code in codes {
        var place = place(of: code.code) & (size - 1)
        while table[place].code != none.code { place = (place + 1) & (size - 1) }
        table[place] = code
      }
      return table
    }
  }

  /// A test of a condition. The tests of a condition follow each other.
  struct Test: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
      /// Any text that is not blank, or blank if `passesBlank`.
      case text
      /// One of some codes of at most seven bytes.
      case codes
      case patterns
      /// The first decision whose condition holds; false if there is none.
      case decision
    }

    let slot: Slot
    let kind: Kind
    var isNegated = false
    /// Whether a blank text passes, negation included.
    var passesBlank = false
    /// Whether it is the last test of an alternative, and of the last one.
    var isLast = false
    var endsCondition = false
    /// The codes, patterns or decisions.
    var extent = Extent(0, 0)
  }

  /// What a name of constants means for a test of it.
  struct Decision: BitwiseCopyable, Sendable {
    let term: Term
    let result: Bool
  }

  /// A pattern with its placeholders in slots.
  enum PatternStep: BitwiseCopyable, Sendable {
    case signs(Extent)
    case range(from: Made?, to: Made?)
  }

  enum SignStep: BitwiseCopyable, Sendable {
    case literal(Literal)
    case slot(Slot)
    case any, character, digit
  }
}
