import JSONText
import RecordStream

/// Why Alma rejected a person, as far as its event says so. The members of an event are not documented, and its texts
/// quote values of people, so the reason is recognized by words of the texts that libraries have published.
struct LoadReason {
  /// The words by which a reason is recognized, and its text.
  private static let known: [(words: String, text: ReasonText)] = [
    (
      "is already taken",
      ReasonText(
        "identifier taken", "Identifier that another account has",
        "Alma allows each identifier, such as a barcode, only once in the institution.",
        "Circulation desk or card office: search Alma for the identifier, and take it off the account that should not have it. "
          + "The person is loaded with the next change of their record.")
    ),
    (
      "not external",
      ReasonText(
        "user is not external", "Account that Alma keeps as internal",
        "An account with this identifier was made by hand, and the feed does not change internal accounts.",
        "Library systems: in Alma, open the account and use 'Toggle account type' to make it external, if the feed is to "
          + "keep it up to date.")
    ),
    (
      "mandatory field",
      ReasonText(
        "mandatory field missing", "Field that Alma requires",
        "Alma's configuration requires a field that the person does not have, such as a statistical category or an identifier.",
        "Library systems: see which field it is in the report of the job, and have the record completed, or the field made optional "
          + "in Alma.")
    ),
  ]

  /// The text of the reason for the people who read the report.
  let text: ReasonText

  /// The reason in an event.
  init(_ event: JSONValue) {
    let texts = event.texts
    if let found = Self.known.first(where: { known in texts.contains { $0.lowercased().contains(known.words) } }) {
      text = found.text
      return
    }
    // The sentence of an event is its text with the most words.
    let sentence = texts.max { $0.split(separator: " ").count < $1.split(separator: " ").count } ?? ""
    let masked = sentence.split(separator: " ").count < 2 ? "" : Self.masked(sentence)
    text = ReasonText(
      masked.isEmpty ? "no reason" : masked, masked.isEmpty ? "No reason given" : masked,
      "This is what Alma says, with values left out. The report of the job in Alma may say more.", nil)
  }

  private static let maxLength = 120
  private static let hidden = "[...]"

  /// Words that are no names, although they have capitals: those with which a sentence of Alma's may begin, and codes.
  private static let words: Set<Substring> = [
    "A", "An", "Cannot", "Could", "Email", "Error", "Failed", "Field", "Identifier", "Invalid", "Mandatory", "Missing",
    "More", "No", "Password", "Reason", "Record", "Role", "The", "This", "Unable", "Unknown", "User", "Username",
    "Users", "Value",
    "ALMA", "BARCODE", "ID", "IDS", "NETID", "SIS", "URL", "XML",
  ]

  /// The text without what may be a value of a person: what is in quotation marks or follows the word `value`, and
  /// words that have a digit or an at sign, or have a capital as a name does, unless they are known.
  static func masked(_ text: String) -> String {
    var words: [String] = []
    var isQuoted = false
    var previous = ""
    let quotes: Set<Character> = ["\"", "'", "\u{201C}", "\u{201D}", "`"]
    for word in Phrase.excerpt(text, limit: 1000).split(separator: " ") {
      let marks = word.filter(quotes.contains).count
      let letters = word.filter(\.isLetter)
      let isPlain =
        word.allSatisfy { $0.isLetter || ".,:;()-".contains($0) }
        && (letters.allSatisfy(\.isLowercase) || Self.words.contains(letters[...]))
      let isHidden = isQuoted || marks > 0 || !isPlain || previous == "value"
      if marks % 2 == 1 { isQuoted.toggle() }
      if !isHidden { words.append(String(word)) } else if words.last != hidden { words.append(hidden) }
      previous = letters.lowercased()
    }
    return Phrase.excerpt(words.joined(separator: " "), limit: maxLength)
  }
}

extension JSONValue {
  /// All strings in a value, at any depth.
  fileprivate var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(\.texts)
    case .object(let members): members.flatMap(\.value.texts)
    default: []
    }
  }
}

/// What Alma did with the deliveries of a run: all rejected people are counted, the first of each reason are kept.
struct Load: Sendable {
  /// The people with one reason.
  struct Group: Sendable {
    let reason: ReasonText
    var count = 0
    var people: [Report.Item] = []
  }

  private static let maxGroups = 20
  private static let others = ReasonText(
    "other reasons", "Other reasons", "The report of the job in Alma has them.", nil)

  let record: LoadRecord
  private(set) var groups: [Group] = []
  /// How many of the rejected people no earlier message had with this reason; nil if that is not known.
  private(set) var new: Int?

  init(_ record: LoadRecord) { self.record = record }

  /// How many people were rejected: as Alma counts, or else as many as it named; nil if neither is known.
  var rejected: Int? { record.counts[.rejected] ?? record.events }

  /// Whether the run itself, or reading about it, has failed.
  var hasFailed: Bool {
    record.outcome == .failed || record.isOverdue || record.agrees == false
      || (record.outcome == .loaded && record.error != nil)
  }

  /// - Parameter novelty: who was in an earlier message; nil if nobody is called new.
  mutating func add(_ reject: LoadRejectRecord, limit: Int, _ novelty: inout Novelty?) {
    var reason = LoadReason(reject.event).text
    if groups.count >= Self.maxGroups, !groups.contains(where: { $0.reason.code == reason.code }) {
      reason = Self.others
    }
    let index = groups.firstIndex { $0.reason.code == reason.code } ?? groups.count
    if index == groups.count { groups.append(Group(reason: reason)) }
    groups[index].count += 1
    let isNew = novelty?.isNew(reject.emplid, groups[index].reason.code)
    if let isNew { new = (new ?? 0) + (isNew ? 1 : 0) }
    if let emplid = reject.emplid, groups[index].people.count < limit {
      groups[index].people.append(Report.Item(name: Phrase.excerpt(emplid), isNew: isNew == true))
    }
  }
}
