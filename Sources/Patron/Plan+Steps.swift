import JSONText

/// The steps of a plan: plain values, most of which name others by number.
extension Plan {
  /// A range of the plan's bytes.
  struct Literal: BitwiseCopyable, Sendable {
    let start, count: UInt32
    let claims: JSONSlice.Claims

    @inline(__always) var range: Range<Int> { Int(start)..<Int(start) &+ Int(count) }

    init(_ text: [UInt8], to bytes: inout [UInt8], isToday: Bool = false) {
      start = UInt32(bytes.count)
      count = UInt32(text.count)
      var claims: JSONSlice.Claims = text.contains { $0 >= 0x80 } ? .isBeyondASCII : []
      if isToday { claims.insert(.isMadeOfToday) }
      self.claims = claims
      bytes += text
    }
  }

  /// What a value is made of.
  enum Made: BitwiseCopyable, Sendable {
    case blank
    case literal(Literal)
    case slot(Slot)
  }

  /// A range of one of the plan's lists.
  struct Extent: BitwiseCopyable, Sendable {
    let first, count: UInt32

    init(_ first: Int, _ count: Int) {
      self.first = UInt32(first)
      self.count = UInt32(count)
    }

    @inline(__always) var range: Range<Int> { Int(first)..<Int(first) &+ Int(count) }
  }

  /// How the text of a slot is made.
  enum Work: BitwiseCopyable, Sendable {
    case blank
    /// A text of nothing but the day that cannot be made.
    case fault(Rule)
    case literal(Literal)
    /// The first option that holds and is not blank.
    case choose(Extent)
    /// The pieces of a text with several placeholders, or with text around one.
    case join(Extent)
    case filter(Slot, Extent)
    /// The last or the first of the days of some options.
    case extreme(Extent, isLatest: Bool)
  }

  /// A value under a condition.
  struct Option: BitwiseCopyable, Sendable {
    let term: Term
    let made: Made
  }

  /// A piece of a text.
  enum Piece: BitwiseCopyable, Sendable {
    case literal(Literal)
    case slot(Slot)
  }

  /// A step of the user.
  struct Section: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
      case always
      /// The part of the first choice that holds.
      case choose
      /// Entries; the part ends the list.
      case list
      /// The start of an element that is written only if something is in it.
      case container
      case endOfContainer
    }

    let kind: Kind
    let part: UInt16
    /// Whether no text of the part has to be worked out.
    let isPlain: Bool
    /// The choices or entries.
    let extent: Extent

    init(_ kind: Kind, part: UInt16 = 0, isPlain: Bool = false, _ extent: Extent = Extent(0, 0)) {
      self.kind = kind
      self.part = part
      self.isPlain = isPlain
      self.extent = extent
    }
  }

  /// A part under a condition.
  struct Choice: BitwiseCopyable, Sendable {
    let term: Term
    /// The text without which the part is not written.
    let slot: Slot?
    let part: UInt16
  }

  /// An entry of a list of the user.
  struct EntryStep: BitwiseCopyable, Sendable {
    let term: Term
    /// The text without which it is not written.
    let key: Slot?
    /// The parts of the entry as the first of its list, and as it follows another.
    let first, following: UInt16
    /// Whether the entry is one part, in which no text has to be worked out, and lacks nothing required.
    let isPlain: Bool
    /// The sections behind that part.
    let rest: Extent
    /// The number of the required children that can be blank in the plan's list of those of all entries, or -1 for
    /// none.
    let required: Int32
    let judgements: Extent
    /// The entry to go on with after this one has been written; entries of one group are skipped.
    var next: UInt32
  }

  /// The slots of a required child; one of them must have a text.
  struct Required: Sendable {
    let slots: [Slot]
    let field: Slot?
  }

  /// What the rules look at in an entry that is written.
  enum Judgement: BitwiseCopyable, Sendable {
    case date(Slot)
    case email(Slot)
    case city(Slot, field: Slot?)
    case identifier(Slot)
    case category(Slot)
  }

  /// A check of the profile.
  struct CheckStep: Sendable {
    let verdict: Rule.Verdict
    let code: String
    let term: Term
    let message: String
    /// The field of its reason: the one given, else the first slot of the condition.
    let field: Slot?
  }

  /// The condition of a check.
  struct CheckTest: BitwiseCopyable, Sendable {
    /// Among the checks of the profile.
    let number: Int
    let term: Term
    let verdict: Rule.Verdict
  }

  /// An element as it is written, with the places of its values in the profile.
  struct ElementStep: Sendable {
    struct Option: Sendable {
      let term: Term
      let made: Made
      let pointer: String
    }

    let name: String
    let options: [Option]
    let maxLength: Int?
  }

  enum Listing: Sendable {
    case element(ElementStep)
    /// A list's entries, with the elements of each.
    case list(Extent, [[ElementStep]])
  }

  /// The slots that rules look at.
  struct RuleSlots: Sendable {
    var primary = Slot(index: 0)
    var emplid: Made = .blank
    var campusID: Made = .blank
    var expiry, purge, group, lastName: Slot?
    /// The dates of the user itself that may be no days.
    var dates: [Slot] = []
    /// The last field of the value of each.
    var primaryField, groupField, lastNameField: Slot?
    var verdicts: [Rule: Rule.Verdict] = [:]
  }
}
