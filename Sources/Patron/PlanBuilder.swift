import JSONText

extension Plan {
  /// Makes the plan of a profile.
  /// - Throws: a fault if the profile is too large for a plan.
  package convenience init(_ profile: Profile) throws(ProfileFault) {
    var builder = PlanBuilder(profile)
    builder.build()
    // Numbers of slots and parts have 16 bits.
    guard builder.firstWorked + builder.works.count < 1 << 15, builder.base.outline.parts.count < 1 << 15 else {
      throw ProfileFault(
        line: 1, column: 1, pointer: "", problem: "too many values and entries; expected: fewer than 32,768 of each")
    }
    self.init(builder.base, works: builder.works, bytes: builder.bytes)
  }
}

/// Compiles a profile into a plan.
struct PlanBuilder {
  let profile: Profile
  var base = Plan.Base()
  var works: [Plan.Work] = []
  var bytes: [UInt8] = []
  var fields: [String: Slot] = [:]
  var values: [String: Value]
  var madeNames: [String: Plan.Made] = [:]
  var madeTexts: [Text: Plan.Made] = [:]
  /// What values are made of, by their JSON Pointers.
  var madeValues: [String: Plan.Made] = [:]
  var filterSlots: [Placeholder: Slot] = [:]
  var madeConditions: [Condition: Plan.Term] = [:]
  /// The bits of the tests of each condition; nil if it is not plain.
  var masks: [UInt64?] = []
  var plainTests: [PlainTest] = []
  /// The step of each table, made once.
  var tables: [String: FilterStep] = [:]

  init(_ profile: Profile) {
    self.profile = profile
    values = Dictionary(uniqueKeysWithValues: profile.names)
  }

  var firstWorked: Int { base.fieldNames.count + 1 }

  mutating func build() {
    numberFields()
    buildUser()
    buildRules()
    buildPlainTests()
    base.judgedSections = base.sections.filter(isJudged)
    base.optional = profile.optional
    base.feedSlots = works.indices.map { Slot(index: $0 + firstWorked) }.filter { isOfFeed($0) && $0 != base.todaySlot }
  }

  /// Numbers the fields in the order in which their reasons are given: those of the user as it is written, of the
  /// checks, of the names, and of the identifiers of reject records.
  private mutating func numberFields() {
    var sources: [Source] = []
    for member in UserMember.members {
      switch member {
      case .element(let element): sources += profile.elements[element.name]?.sources ?? []
      case .list(let list): for entry in profile.lists[list.name] ?? [] { sources += Self.sources(of: entry, list) }
      case .container: break
      }
    }
    sources += profile.checks.flatMap(\.condition.sources)
    sources += profile.names.flatMap(\.value.sources)
    sources += (profile.emplid?.sources ?? []) + (profile.campusID?.sources ?? [])
    for case .field(let name) in sources where fields[name] == nil {
      fields[name] = Slot(index: base.fieldNames.count)
      base.fieldNames.append(name)
    }
    base.elementsOfField = Array(repeating: [], count: base.fieldNames.count)
  }

  private static func sources(of entry: Entry, _ list: UserList) -> [Source] {
    switch entry {
    case .single(let single):
      list.children.flatMap { single.children[$0.name]?.flatMap(\.sources) ?? [] } + (single.condition?.sources ?? [])
    case .first(let singles, let condition):
      singles.flatMap { sources(of: .single($0), list) } + (condition?.sources ?? [])
    }
  }

  func field(_ name: String) -> Slot? { fields[name] }

  mutating func add(_ work: Plan.Work) -> Slot {
    works.append(work)
    return Slot(index: firstWorked + works.count - 1)
  }

  mutating func literal(_ text: String) -> Plan.Literal { Plan.Literal(Array(text.utf8), to: &bytes) }

  mutating func constant(_ text: String) -> Plan.Made { text.isEmpty ? .blank : .literal(literal(text)) }

  /// A slot with what a value is made of.
  mutating func slot(_ made: Plan.Made) -> Slot {
    switch made {
    case .slot(let slot): slot
    case .blank: add(.blank)
    case .literal(let literal): add(.literal(literal))
    }
  }
}
