/// What a reason code of patron-validate means to the people who read the report, and who can correct it.
struct ReasonText: Sendable {
  /// As in patron-validate(1).
  let code: String
  let title: String
  let meaning: String
  /// Who can correct it; nil if nothing has to be done.
  var remedy: String?

  /// The text for a code. A code that is not a rule's is that of a check in the profile.
  /// - Parameter because: the reason in the words of the profile.
  static func of(_ code: String, because: String? = nil, in words: Vocabulary) -> ReasonText {
    if let text = all(words).first(where: { $0.code == code }) { return text }
    if code.isEmpty {
      return ReasonText("", "No reason given", "The record of the rejected person has no reason.", nil)
    }
    guard let because = because.map({ Phrase.excerpt($0, limit: 200) }), let first = because.first else {
      return ReasonText(code, code, "This version of notify-mail has no text for this reason.", nil)
    }
    return ReasonText(
      code, first.uppercased() + because.dropFirst(),
      "This is a check of the library's profile, with the code \(code).",
      "\(words.office), or the library, which maintains the profile.")
  }

  /// A code's position in the order of the rules. Unknown codes come last.
  static func position(of code: String) -> Int {
    let codes = all(.generic)
    return codes.firstIndex { $0.code == code } ?? codes.count
  }

  init(_ code: String, _ title: String, _ meaning: String, _ remedy: String?) {
    self.code = code
    self.title = title
    self.meaning = meaning
    self.remedy = remedy.map { $0.prefix(1).uppercased() + $0.dropFirst() }
  }

  /// In the order of the rules.
  static func all(_ words: Vocabulary) -> [ReasonText] { rejected(words) + warned(words) }

  private static func rejected(_ words: Vocabulary) -> [ReasonText] {
    [
      ReasonText(
        "malformed_json", "Record that cannot be read",
        "The record of this person is damaged or too long, and arrived like that from \(words.source).",
        "\(words.suppliers)."),
      ReasonText(
        "ineligible_retiree", "Retirees who are no longer eligible",
        "Retirees keep their library privileges, so their accounts in Alma are left as they are.", nil),
      ReasonText(
        "wrong_type", "Value of the wrong kind", "The field has to be a text, and is something else.",
        "\(words.suppliers)."),
      ReasonText(
        "missing_identifier", "No \(words.id)", "Alma would make up an identifier from the name.",
        "\(words.office)."),
      ReasonText(
        "no_expiration_date", "No expiration date", "The account in Alma would never end.",
        "\(words.office): enter the expiration date in \(words.source)."),
      ReasonText(
        "invalid_date", "Invalid date",
        "The date is not a day of the calendar, or not written like 2027-06-30.",
        "\(words.office): correct the date in \(words.source)."),
      ReasonText(
        "illegal_character", "Character that Alma cannot take",
        "The field has an invisible character, which often comes with pasted text. It could stop Alma's whole load, or make the "
          + "account impossible to find.",
        "\(words.office): type the value again."),
      ReasonText(
        "too_long", "Value that is too long", "Alma takes at most 255 characters in most fields, and fewer in some.",
        "\(words.office): shorten the value in \(words.source)."),
      ReasonText(
        "invalid_status", "Neither eligible nor ineligible", "The eligibility has to be E or I, and is something else.",
        "\(words.suppliers)."),
      ReasonText(
        "unmapped_value", "Value that the library's profile does not have",
        "The profile has a table of codes, and this code is not in it; or an element that Alma requires is blank, such as "
          + "the type of an address.",
        "The library, which maintains the profile: add the code. If the code is wrong: \(words.office)."),
      ReasonText(
        "repeated_person", "Person who is in the feed twice",
        "The feed has this \(words.id) twice. The first record was taken, and this one was not.", "\(words.suppliers)."),
      ReasonText(
        "duplicate_identifier", "Identifier that is used twice",
        "Alma allows each \(words.id), \(words.userName) and barcode only once. Another person in the feed has this one too, "
          + "or the record has it twice.",
        "Circulation desk or card office for a barcode, central IT for a \(words.userName): find out whose it is, and "
          + "take it off the other record."),
      ReasonText(
        "unknown_group", "Patron group that Alma does not have",
        "The patron group is not in the library's list of groups.",
        "Library systems: add the group to Alma and to the list. If the group is wrong: \(words.office)."),
      ReasonText(
        "unknown_stat_category", "Statistical category that Alma does not have",
        "The category is not in the library's list of categories.",
        "Library systems: add the category to Alma and to the list. If the category is wrong: \(words.office)."),
    ]
  }

  private static func warned(_ words: Vocabulary) -> [ReasonText] {
    let person =
      words == .peopleSoft ? "The person, in the self-service of PeopleSoft." : "The person, or \(words.office)."
    return [
      ReasonText(
        "purge_before_expiry", "Purge date before expiration date",
        "Alma may delete the account while it is still valid.", "Library systems, or \(words.office)."),
      ReasonText(
        "invalid_email", "E-mail address that is probably wrong", "Notices will probably not arrive.", person),
      ReasonText("incomplete_address", "Address without a city", "Letters will probably not arrive.", person),
      ReasonText(
        "missing_group", "No patron group", "Alma has no loan rules for the account.",
        "Library systems, or \(words.office)."),
      ReasonText(
        "missing_name", "No last name", "The account cannot be found by name in Alma.", "\(words.office)."),
    ]
  }
}
