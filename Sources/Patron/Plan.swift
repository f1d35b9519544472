package import Calendar
import JSONText

/// A profile, compiled into small steps over slots.
///
/// A slot is the place of a text in a `Person`: of a field of the line, or of a text that is worked out from fields
/// when it is needed. All lists are of plain numbers, so that a person costs no allocation and no reference counting.
///
/// A class, so that reading one of its lists does not retain the others.
package final class Plan: Sendable {
  let base: Base
  /// How the text of each slot behind the fields and `kind` is made.
  let works: [Work]
  /// The texts that are the same for everyone, which literals name by range.
  let bytes: FixedList<UInt8>
  /// The number of the fields.
  let fieldCount: Int
  // The lists of `base` and the works again, in the form in which they are read for each person.
  let steps: FixedList<Work>
  let options: FixedList<Option>
  let plainTests: FixedList<PlainTests>
  let plainCodes: FixedList<PlainCode>
  let tests: FixedList<Test>
  let patterns: FixedList<PatternStep>
  let signs: FixedList<SignStep>
  let pieces: FixedList<Piece>
  let filterSteps: FixedList<FilterStep>
  let literals: FixedList<Literal>
  let tableRows: FixedList<TableRow>
  let dayPatterns: FixedList<Extent>
  let daySigns: FixedList<DayPattern.Sign>
  let conditions: FixedList<Int>
  let codes: FixedList<UInt64>
  let decisions: FixedList<Decision>
  let sections: FixedList<Section>
  /// Those that rules look at, or in which a text may not be made.
  let judgedSections: FixedList<Section>
  let entrySections: FixedList<Section>
  let choices: FixedList<Choice>
  let entries: FixedList<EntryStep>
  let judgements: FixedList<Judgement>
  /// For each part the slots to work out before it is written.
  let demands: FixedList<Extent>
  let demandedSlots: FixedList<Slot>
  let exclusions: FixedList<CheckTest>
  let checks: FixedList<CheckTest>
  let dates: FixedList<Slot>
  let primary: Slot
  let expiry, purge, group, lastName: Slot?
  let hasShortLimits: Bool
  /// The maximum numbers of parts and of identifiers of a user.
  let maxParts, maxIdentifiers: Int

  init(_ base: Base, works: [Work], bytes: [UInt8]) {
    self.base = base
    self.works = works
    self.bytes = FixedList(bytes)
    fieldCount = base.fieldNames.count
    steps = FixedList(works)
    options = FixedList(base.options)
    plainTests = FixedList(base.plainTests)
    plainCodes = FixedList(base.plainCodes)
    tests = FixedList(base.tests)
    patterns = FixedList(base.patterns)
    signs = FixedList(base.signs)
    pieces = FixedList(base.pieces)
    filterSteps = FixedList(base.filterSteps)
    literals = FixedList(base.literals)
    tableRows = FixedList(base.tableRows)
    dayPatterns = FixedList(base.dayPatterns)
    daySigns = FixedList(base.daySigns)
    conditions = FixedList(base.conditions)
    codes = FixedList(base.codes)
    decisions = FixedList(base.decisions)
    sections = FixedList(base.sections)
    judgedSections = FixedList(base.judgedSections)
    entrySections = FixedList(base.entrySections)
    choices = FixedList(base.choices)
    entries = FixedList(base.entries)
    judgements = FixedList(base.judgements)
    demandedSlots = FixedList(base.demands.flatMap(\.self))
    var demanded = 0
    demands = FixedList(
      base.demands.map { slots in
        demanded += slots.count
        return Extent(demanded - slots.count, slots.count)
      })
    let tests = base.checks.enumerated().map { CheckTest(number: $0, term: $1.term, verdict: $1.verdict) }
    exclusions = FixedList(tests.filter { $0.verdict == .excluded })
    checks = FixedList(tests.filter { $0.verdict != .excluded })
    dates = FixedList(base.rules.dates)
    primary = base.rules.primary
    expiry = base.rules.expiry
    purge = base.rules.purge
    group = base.rules.group
    lastName = base.rules.lastName
    hasShortLimits = !base.shortLimits.isEmpty
    maxIdentifiers = 1 + base.judgements.count { if case .identifier = $0 { true } else { false } }
    maxParts = base.sections.reduce(0) { count, section in
      section.kind != .list
        ? count + 1 : base.entries[section.extent.range].reduce(count + 1) { $0 + 1 + $1.rest.range.count }
    }
  }

  /// What does not depend on the day.
  struct Base: Sendable {
    var fieldNames: [String] = []
    /// The slots that depend on nothing but the day, in the order in which they can be worked out.
    var feedSlots: [Slot] = []
    var todaySlot: Slot?
    var options: [Option] = []
    var plainTests: [PlainTests] = []
    var plainCodes: [PlainCode] = []
    var tests: [Test] = []
    /// The index of the first test of each condition.
    var conditions: [Int] = []
    var codes: [UInt64] = []
    var decisions: [Decision] = []
    var patterns: [PatternStep] = []
    var signs: [SignStep] = []
    /// The pieces of joined texts.
    var pieces: [Piece] = []
    var filterSteps: [FilterStep] = []
    /// The texts of filters that have several.
    var literals: [Literal] = []
    var tableRows: [TableRow] = []
    var dayPatterns: [Extent] = []
    var daySigns: [DayPattern.Sign] = []
    var outline = UserOutline()
    /// For each part of the outline the slots that must be worked out before it is written.
    var demands: [[Slot]] = []
    var sections: [Section] = []
    var judgedSections: [Section] = []
    var choices: [Choice] = []
    var entries: [EntryStep] = []
    /// The required children of entries that have some.
    var required: [[Required]] = []
    /// The sections inside entries.
    var entrySections: [Section] = []
    var judgements: [Judgement] = []
    /// What is written, in its order, for explanations and lengths.
    var listing: [Listing] = []
    var rules = RuleSlots()
    var checks: [CheckStep] = []
    var optional: Set<String> = []
    /// The elements that a field is part of, for alarms.
    var elementsOfField: [[String]] = []
    /// The slots of elements with a limit below the usual one.
    var shortLimits: [(slot: Slot, maxLength: Int)] = []
  }

  /// The number of slots: of fields, of `kind`, and of texts that are worked out.
  var slotCount: Int { firstWorked + works.count }
  /// The index of the member `kind` among the slots, behind the fields.
  var kindIndex: Int { fieldCount }
  var firstWorked: Int { fieldCount &+ 1 }

  /// The parts that users consist of.
  package var outline: UserOutline { base.outline }

  /// The names of the fields that the profile uses, by their slots' numbers.
  package var fieldNames: [String] { base.fieldNames }

  /// The name of a field.
  package func name(of field: Slot) -> String { base.fieldNames[field.index] }

  /// A person for a reader to fill.
  package var emptyPerson: Person { Person(self) }

  /// The plan for a feed of a day.
  package func dated(_ today: Day) -> Plan {
    guard let slot = base.todaySlot else { return self }
    var works = works
    var bytes = bytes.array
    works[slot.index - firstWorked] = .literal(Literal(Array(today.description.utf8), to: &bytes, isToday: true))
    // Texts of nothing but the day are worked out here, once for the feed.
    for slot in base.feedSlots {
      let plan = Plan(base, works: works, bytes: bytes)
      var person = Person(plan)
      person.startReading(plan)
      let value = person.value(slot, plan)
      works[slot.index - firstWorked] =
        if let fault = person.firstFault {
          .fault(fault)
        } else if value.isBlank {
          .blank
        } else {
          .literal(Literal(Array(person.bytes(slot)), to: &bytes, isToday: value.claims.contains(.isMadeOfToday)))
        }
    }
    return Plan(base, works: works, bytes: bytes)
  }
}

/// The place of a text in a person.
// Public, because the compiler inlines only public functions of another module.
public struct Slot: Hashable, Comparable, BitwiseCopyable, Sendable {
  @usableFromInline let number: UInt16

  init(index: Int) { number = UInt16(index) }

  /// The index of the text's place in what `Person.withTexts` lends.
  @inlinable public var index: Int { Int(number) }

  public static func < (left: Slot, right: Slot) -> Bool { left.number < right.number }
}
