/// An element of Alma's user that a profile can write, or a child of an entry of one of its lists.
///
/// These tables are the only place with the names, the order, the limits and the attributes of the elements: the reader
/// of profiles, the JSON Schema, the plan and the manual page have them from here.
struct UserElement: Sendable {
  /// What the text of an element must be.
  enum Content: Equatable, Sendable {
    case text
    /// A day, `YYYY-MM-DD`.
    case date
    /// `true` or `false`; where the value is blank, the default, or no element.
    case flag(default: String?)
    /// An element that contains one element of the given name for each value.
    case types(item: String)
    /// Not an element, but an attribute of the entry's element: `true` or `false`.
    case attribute
  }

  let name: String
  let content: Content
  /// In Unicode scalars; nil for no limit.
  let maxLength: Int?
  /// Of the attribute `desc`, in Unicode scalars; nil if the element has no such attribute.
  let maxDescription: Int?
  /// Whether an entry must have it.
  let isRequired: Bool

  static func text(_ name: String, max: Int? = 255, required: Bool = false) -> UserElement {
    UserElement(name: name, content: .text, maxLength: max, maxDescription: nil, isRequired: required)
  }

  /// A code with a description.
  static func code(
    _ name: String, max: Int = 255, maxDescription: Int = 4000, required: Bool = false
  ) -> UserElement {
    UserElement(name: name, content: .text, maxLength: max, maxDescription: maxDescription, isRequired: required)
  }

  static func date(_ name: String) -> UserElement {
    UserElement(name: name, content: .date, maxLength: 255, maxDescription: nil, isRequired: false)
  }

  static func types(_ name: String, item: String) -> UserElement {
    UserElement(
      name: name, content: .types(item: item), maxLength: 255, maxDescription: 4000, isRequired: true)
  }

  static func flag(_ name: String, default text: String? = nil, required: Bool = false) -> UserElement {
    UserElement(
      name: name, content: .flag(default: text), maxLength: 255, maxDescription: nil, isRequired: required)
  }

  static func attribute(_ name: String) -> UserElement {
    UserElement(name: name, content: .attribute, maxLength: 255, maxDescription: nil, isRequired: false)
  }
}

/// A list of the user schema: an element that contains any number of elements of one kind.
struct UserList: Sendable {
  /// The list's element, and the member of the profile.
  let name: String
  /// The element of an entry.
  let item: String
  /// The child without which an entry is not written.
  let key: String
  /// In the order in which they are written.
  let children: [UserElement]
  /// Whether the first entry that is written is the preferred one.
  var hasPreferred = false
  /// Whether entries belong to the segment that Alma replaces on each load.
  var isExternal = true
  /// Whether an entry can be the text of its key alone.
  var isPlain = false
}

/// A member of a profile's `user`.
enum UserMember: Sendable {
  case element(UserElement)
  case list(UserList)
  /// Lists in an element of their own.
  case container(String, [UserList])

  /// All of them, in the order in which they are written.
  static let all: [UserMember] = [
    .element(.date("birth_date")), .element(.date("expiry_date")), .element(.date("purge_date")),
    .element(.code("status")),
    .list(
      UserList(
        name: "user_statistics", item: "user_statistic", key: "statistic_category",
        children: [
          .code("statistic_category", required: true), .code("category_type"), .text("statistic_note", max: 2000),
        ])),
    .element(.code("user_group")), .element(.text("primary_id", required: true)),
    .element(.text("first_name")), .element(.text("last_name")), .element(.text("middle_name")),
    .element(.text("pref_first_name")), .element(.text("pref_last_name")), .element(.text("pref_middle_name")),
    .element(.text("pref_name_suffix")),
    .element(.code("user_title")), .element(.code("job_category")), .element(.text("job_description")),
    .element(.code("gender")), .element(.code("campus_code", max: 50, maxDescription: 255)),
    .element(.text("web_site_url")), .element(.code("cataloger_level")), .element(.code("preferred_language")),
    .element(.text("pin_number")),
    .container("contact_info", [addresses, emails, phones]),
    .list(
      UserList(
        name: "user_identifiers", item: "user_identifier", key: "value",
        children: [
          .text("value", required: true), .code("id_type", required: true), .text("note", max: 2000), .text("status"),
        ])),
    .list(
      UserList(
        name: "rs_libraries", item: "rs_library", key: "code",
        children: [.code("code", max: 50, maxDescription: 255, required: true)], isExternal: false, isPlain: true)),
    .list(
      UserList(
        name: "library_notices", item: "library_notice", key: "code",
        children: [.code("code", maxDescription: 255, required: true), .flag("value", required: true)],
        isExternal: false)),
    .list(
      UserList(
        name: "user_notes", item: "user_note", key: "note_text",
        children: [
          .code("note_type", required: true), .text("note_text", max: 2000, required: true),
          .flag("user_viewable", default: "false"), .flag("popup_note", default: "false"),
        ])),
    .list(
      UserList(
        name: "user_blocks", item: "user_block", key: "block_description",
        children: [
          .code("block_type"), .code("block_description", required: true), .text("block_status"),
          .text("block_note", max: 2000),
        ])),
  ]

  private static let addresses = UserList(
    name: "addresses", item: "address", key: "line1",
    children: [
      .text("line1", max: nil, required: true), .text("line2"), .text("line3"), .text("line4"), .text("line5"),
      .text("city"), .text("state_province"), .text("postal_code"), .code("country"),
      .text("address_note", max: 1000), .date("start_date"), .date("end_date"),
      .types("address_types", item: "address_type"),
    ], hasPreferred: true)

  private static let emails = UserList(
    name: "emails", item: "email", key: "email_address",
    children: [
      .text("email_address", required: true), .text("description"), .types("email_types", item: "email_type"),
    ], hasPreferred: true)

  private static let phones = UserList(
    name: "phones", item: "phone", key: "phone_number",
    children: [
      .text("phone_number", required: true), .types("phone_types", item: "phone_type"), .attribute("preferred_sms"),
    ], hasPreferred: true)

  /// The elements and lists by themselves, as the profile has them.
  static let members: [UserMember] = all.flatMap { member -> [UserMember] in
    if case .container(_, let lists) = member { lists.map(UserMember.list) } else { [member] }
  }

  var name: String {
    switch self {
    case .element(let element): element.name
    case .list(let list): list.name
    case .container(let name, _): name
    }
  }

  /// Elements of the user schema that Alma's SIS load does not read.
  static let unread: Set<String> = [
    "account_type", "created_by", "created_date", "external_id", "fees", "force_password_change", "full_name",
    "is_researcher", "item_loan_id", "last_patron_activity_date", "linking_id", "loans", "password", "proxy_for_users",
    "record_type", "requests", "researcher", "source_institution_code", "source_link_id", "status_date", "user_roles",
  ]
  /// Elements that patron-to-xml writes without a profile.
  static let automatic: Set<String> = ["preferred", "segment_type"]
}
