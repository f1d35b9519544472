import RecordStream

/// The words for people, their identifiers and their fields. Those of PeopleSoft are used only if the profile is the
/// built-in one.
struct Vocabulary: Sendable, Equatable {
  /// The primary identifier: `EMPLID`, or `ID`.
  let id: String
  /// The identifier to log in with: `NetID`, or `user name`.
  let userName: String
  /// Where the records of people are kept.
  let source: String
  /// The office that corrects records.
  let office: String
  /// Those who run the system from which people are fetched.
  let suppliers: String
  private let labels: [String: String]

  static let peopleSoft = Vocabulary(
    id: "EMPLID", userName: "NetID", source: "PeopleSoft",
    office: "Human Resources for staff, the Registrar for students", suppliers: "central IT, who run the API store",
    labels: peopleSoftLabels)

  static let generic = Vocabulary(
    id: "ID", userName: "user name", source: "the system that the feed comes from",
    office: "the office that keeps the records of people",
    suppliers: "those who run the system that the feed comes from",
    labels: [:])

  /// The words for a profile; nil is the built-in one.
  static func of(_ profile: SummaryRecord.Profile?) -> Vocabulary {
    profile.map { $0.name == builtIn ? .peopleSoft : .generic } ?? .peopleSoft
  }

  private static let builtIn = "peoplesoft"

  /// `Campus ID (CAMPUS_ID)`, or the name of the field if it has no label.
  func label(of field: String) -> String {
    let name = Phrase.excerpt(field)
    return labels[field].map { "\($0) (\(name))" } ?? name
  }

  /// `jdoe (9001)`, with words for what a person does not have.
  func name(userName: String?, id: String?, line: Int) -> String {
    switch (Self.nonblank(userName), Self.nonblank(id)) {
    case (let userName?, let id?): "\(userName) (\(id))"
    case (let userName?, nil): "\(userName), without \(self.id)"
    case (nil, let id?): "\(id), without \(self.userName)"
    case (nil, nil):
      line > 0 ? "the person in line \(line) of the feed" : "a person without \(self.userName) and \(self.id)"
    }
  }

  /// An identifier in the report; nil if it is blank.
  static func nonblank(_ text: String?) -> String? {
    guard let text, text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
    return Phrase.excerpt(text)
  }

  /// The labels of the fields of the built-in profile.
  static let peopleSoftLabels: [String: String] = {
    var labels = [
      "EMPLID": "Employee or student number", "CAMPUS_ID": "Campus ID", "PU_BARCODE": "Barcode",
      "ELIGIBLE_INELIGIBLE": "Eligibility", "VCURSTATUS": "Current status", "DEPTID": "Department",
      "PVPATRONGROUP": "Patron group", "PVSTATCATEGORY": "Statistical category",
      "PATRON_EXPIRATION_DATE": "Expiration date", "PATRON_PURGE_DATE": "Purge date",
      "PRF_OR_PRI_FIRST_NAM": "First name", "PRF_OR_PRI_LAST_NAME": "Last name",
      "PRF_OR_PRI_MIDDLE_NAME": "Middle name", "CAMP_EMAIL": "Work e-mail", "HOME_EMAIL": "Home e-mail",
    ]
    let places = ["CAMP": "Work", "HOME": "Home", "DORM": "Dormitory", "PERM": "Permanent"]
    for (prefix, place) in places {
      for line in 1...4 { labels["\(prefix)_ADDRESS\(line)"] = "\(place) address, line \(line)" }
      for (suffix, part) in ["CITY": "city", "STATE": "state", "POSTAL": "postal code", "COUNTRY": "country"] {
        labels["\(prefix)_\(suffix)"] = "\(place) address, \(part)"
      }
    }
    return labels
  }()
}
