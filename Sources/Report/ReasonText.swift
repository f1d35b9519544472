/// What a reason code of patron-validate means to the people who read the report, and who can correct it.
struct ReasonText: Sendable {
  /// As in patron-validate(1).
  let code: String
  let title: String
  let meaning: String
  /// Who can correct it; nil if nothing has to be done.
  let remedy: String?

  /// The text for a code. An unknown code is its own title.
  static func of(_ code: String) -> ReasonText {
    all.first { $0.code == code }
      ?? ReasonText(
        code.isEmpty ? "no code" : code, code.isEmpty ? "No reason given" : code,
        "This version of notify-mail does not know what this reason means; patron-validate(1) may.", nil)
  }

  /// A code's position in the order of the rules. Unknown codes come last.
  static func position(of code: String) -> Int { all.firstIndex { $0.code == code } ?? all.count }

  init(_ code: String, _ title: String, _ meaning: String, _ remedy: String?) {
    self.code = code
    self.title = title
    self.meaning = meaning
    self.remedy = remedy
  }

  /// In the order of the rules.
  static let all: [ReasonText] = rejected + warned

  private static let rejected: [ReasonText] = [
    ReasonText(
      "malformed_json", "Record that cannot be read", "The line for this person is damaged, or far too long.",
      "Central IT, who run the API store: the line is wrong as the store gave it."),
    ReasonText(
      "ineligible_retiree", "Retirees", "Retirees keep their library privileges, so Alma is told nothing of them.", nil),
    ReasonText(
      "wrong_type", "Value of the wrong kind", "A field that is for text has something else in it.",
      "Central IT, who run the API store."),
    ReasonText(
      "missing_identifier", "No EMPLID", "Without one Alma would make up an identifier from the name.",
      "The office that keeps the record: Human Resources for staff, the Registrar for students."),
    ReasonText(
      "no_expiration_date", "No expiration date",
      "Without one the account would never end, so it is not sent to Alma.",
      "Human Resources for staff, the Registrar for students: the expiration date has to be entered in PeopleSoft."),
    ReasonText(
      "invalid_date", "Invalid date",
      "An expiration or purge date is no day of the calendar, or is not written as 2027-06-30 is.",
      "Human Resources for staff, the Registrar for students: the date has to be corrected in PeopleSoft."),
    ReasonText(
      "illegal_character", "Character that Alma cannot take",
      "An invisible character is in a field. One that XML forbids would stop Alma's whole load, and with one in an identifier "
        + "nobody could find the account, so the person is held back.",
      "The office that keeps the record: type the value anew. Such characters come in when text is pasted."),
    ReasonText(
      "too_long", "Value that is too long", "Alma takes at most 255 characters in this field.",
      "The office that keeps the record: shorten the value in PeopleSoft."),
    ReasonText(
      "invalid_status", "Neither eligible nor ineligible",
      "The eligibility status has to be E or I, and is something else.", "Central IT, who run the API store."),
    ReasonText(
      "unmapped_value", "Value without a text in the profile",
      "The profile has a table without this code, or no text for an element that Alma requires, such as the type of an address.",
      "The library, who keep the profile: add the code to its table. If the code is wrong, the office that keeps the record."
    ),
    ReasonText(
      "repeated_person", "Person who comes twice",
      "This EMPLID was in the feed before. The first record was taken, this one was not.",
      "Central IT, who run the API store: each person should be in the feed once."),
    ReasonText(
      "duplicate_identifier", "Identifier that belongs to someone else",
      "The EMPLID, NetID or barcode is in use already: another person, who was taken, has it too, or it stands twice in "
        + "this record. Alma allows each only once.",
      "Card office or circulation desk for a barcode, central IT for a NetID: find out whose it is, "
        + "and have it taken off the other record."),
    ReasonText(
      "unknown_group", "Patron group that Alma does not have",
      "The patron group is not in the library's list of groups.",
      "Library systems: add the group to Alma and to the list, or have the group of the person corrected."),
    ReasonText(
      "unknown_stat_category", "Statistical category that Alma does not have",
      "The category is not in the library's list of categories.",
      "Library systems: add the category to Alma and to the list, or have the record corrected."),
  ]

  private static let warned: [ReasonText] = [
    ReasonText(
      "purge_before_expiry", "Purge date before expiration date",
      "The account may be deleted while it is still good.", "Library systems, or the office that keeps the record."),
    ReasonText(
      "invalid_email", "Doubtful e-mail address", "Notices to it will probably not arrive.",
      "The person, in the self-service of PeopleSoft."),
    ReasonText(
      "incomplete_address", "Address without a city", "Letters to it will probably not arrive.",
      "The person, in the self-service of PeopleSoft."),
    ReasonText(
      "missing_group", "No patron group", "Alma gives the account no loan rules of a group.",
      "The office that keeps the record, or library systems."),
    ReasonText(
      "missing_name", "No last name", "The account can hardly be found by name in Alma.",
      "The office that keeps the record."),
  ]
}
