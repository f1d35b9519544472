import Foundation
import JSONText

/// What a person's user has to have in it, by the manual: made by Foundation's JSON parser and without the code that is
/// tested.
struct ExpectedUser {
  /// The elements with text, in the order of the manual, as `name=text` or `name[desc]=text`.
  private(set) var leaves: [String] = []
  private let strings: [String: Any]?
  /// For numbers, which are taken as they are spelled, and for strings where there is nothing else.
  private let values: JSONValue

  init(_ line: [UInt8], today: String) throws {
    let object = try? JSONSerialization.jsonObject(with: Data(line))
    values = try JSONValue(parsing: line.span)
    // Foundation refuses half of a surrogate pair, also in a member that nobody reads.
    let hasSurrogates = String(decoding: line, as: UTF8.self).lowercased().contains("\\ud")
    try require(object is [String: Any] || hasSurrogates, "who is accepted is JSON to Foundation, too")
    strings = object as? [String: Any]
    let isEligible = value("ELIGIBLE_INELIGIBLE") == "E"
    let isRetiree = value("VCURSTATUS") == "RETR"
    add("expiry_date", value("PATRON_EXPIRATION_DATE") ?? (isEligible || isRetiree ? nil : today))
    add("purge_date", value("PATRON_PURGE_DATE"))
    if value("ELIGIBLE_INELIGIBLE") != nil { add("status", isEligible ? "ACTIVE" : "INACTIVE") }
    if let category = value("PVSTATCATEGORY") { add("statistic_category[\(category)]", category) }
    let departments = ["41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"]
    let group = value("PVPATRONGROUP")
    add("user_group", value("DEPTID").map(departments.contains) == true ? "LIB" : group)
    add("primary_id", value("EMPLID"))
    add("first_name", value("PRF_OR_PRI_FIRST_NAM"))
    add("last_name", value("PRF_OR_PRI_LAST_NAME"))
    add("middle_name", value("PRF_OR_PRI_MIDDLE_NAME"))
    if group == "UGRD" || group == "SENR" {
      addAddress("DORM", "School", "school")
      addAddress("PERM", "Home", "home")
    } else {
      addAddress("CAMP", "Work", "work")
      addAddress("HOME", "Home", "home")
    }
    if let email = value("CAMP_EMAIL") {
      leaves += ["email_address=\(email)", "email_type[Work]=work"]
    } else if let email = value("HOME_EMAIL") {
      leaves += ["email_address=\(email)", "email_type[Personal]=personal"]
    }
    if let barcode = value("PU_BARCODE") {
      leaves += ["value=\(barcode)", "id_type[Barcode]=BARCODE", "status=ACTIVE"]
    }
    if let name = value("CAMPUS_ID") { leaves += ["value=\(name)", "id_type[NetID]=NET_ID", "status=ACTIVE"] }
  }

  private mutating func add(_ name: String, _ text: String?) {
    if let text { leaves.append("\(name)=\(text)") }
  }

  private mutating func addAddress(_ prefix: String, _ description: String, _ type: String) {
    guard value("\(prefix)_ADDRESS1") != nil else { return }
    let parts = [
      ("line1", "ADDRESS1"), ("line2", "ADDRESS2"), ("line3", "ADDRESS3"), ("line4", "ADDRESS4"), ("city", "CITY"),
      ("state_province", "STATE"), ("postal_code", "POSTAL"), ("country", "COUNTRY"),
    ]
    for (name, field) in parts { add(name, value("\(prefix)_\(field)")) }
    leaves.append("address_type[\(description)]=\(type)")
  }

  /// A field's text without white space at its ends; nil where it is blank.
  private func value(_ name: String) -> String? {
    if case .number(let spelling)? = values[name] { return spelling }
    guard let text = strings.map({ $0[name] as? String }) ?? values[name]?.string else { return nil }
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let head = text.unicodeScalars.drop(while: isSpace)
    let trimmed = String.UnicodeScalarView(head.reversed().drop(while: isSpace).reversed())
    return trimmed.allSatisfy { isSpace($0) || $0.properties.generalCategory == .format } ? nil : String(trimmed)
  }
}
