/// The style of a kind of element. Each element has it as an attribute, because many mail programs ignore style sheets.
/// Only the colours of dark mode are in a style sheet, which programs with a dark mode use.
struct HTMLLook: Sendable {
  let name: String
  let style: String
  let dark: String

  private init(_ name: String, _ style: String, dark: String = "") {
    self.name = name
    self.style = style
    self.dark = dark
  }

  /// The attributes of an element with this style.
  var attributes: String { "class=\"\(name)\" style=\"\(style)\"" }

  private static let font = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

  static let page = HTMLLook("pg", "margin:0;padding:0;background:#eef1f4", dark: "background:#111418")
  static let card = HTMLLook(
    "cd", "width:100%;max-width:640px;background:#ffffff;border-radius:10px", dark: "background:#1b2027")
  static let body = HTMLLook(
    "bd", "padding:24px;\(font);font-size:15px;line-height:1.5;color:#1f2933", dark: "color:#e4e8ec")
  static let kicker = HTMLLook("kk", "font-size:13px;color:#5f6c7b;padding-bottom:4px", dark: "color:#9aa7b4")
  static let headline = HTMLLook(
    "hl", "margin:0 0 18px;font-size:22px;line-height:1.3;font-weight:600;color:#1f2933", dark: "color:#f3f5f7")
  static let figure = HTMLLook(
    "fg", "padding:10px 4px;text-align:center;background:#f4f6f8;border-radius:8px", dark: "background:#252c35")
  static let label = HTMLLook("lb", "font-size:12px;line-height:1.3;color:#5f6c7b", dark: "color:#9aa7b4")
  static let part = HTMLLook(
    "pt", "margin:30px 0 12px;font-size:18px;line-height:1.3;font-weight:600;color:#1f2933", dark: "color:#f3f5f7")
  static let chapter = HTMLLook(
    "ch", "margin:26px 0 2px;font-size:16px;line-height:1.35;font-weight:600;color:#1f2933", dark: "color:#f3f5f7")
  static let note = HTMLLook("nt", "margin:0 0 6px;font-size:14px;color:#5f6c7b", dark: "color:#9aa7b4")
  static let group = HTMLLook(
    "gr", "border-top:1px solid #dde3e9;padding:12px 0", dark: "border-top-color:#36404b")
  static let title = HTMLLook("tt", "font-weight:600;color:#1f2933", dark: "color:#f3f5f7")
  static let count = HTMLLook(
    "ct", "font-size:13px;font-weight:600;color:#1f2933;background:#e6ebf0;border-radius:9px;padding:1px 8px",
    dark: "color:#f3f5f7;background:#36404b")
  static let text = HTMLLook("tx", "margin:2px 0 0;font-size:14px")
  static let people = HTMLLook(
    "pp",
    "padding:0 8px 0 0;font-family:Consolas,Menlo,'Liberation Mono',monospace;font-size:13px;line-height:1.6;"
      + "color:#1f2933;word-break:break-word;vertical-align:top", dark: "color:#e4e8ec")
  static let brief = HTMLLook(
    "bf", "margin:6px 0 0;font-size:13px;line-height:1.6;color:#5f6c7b;word-break:break-word", dark: "color:#9aa7b4")
  static let footer = HTMLLook(
    "ft", "margin:6px 0 0;font-size:12px;line-height:1.5;color:#5f6c7b;word-break:break-word", dark: "color:#9aa7b4")

  static func bar(_ tone: Report.Tone) -> HTMLLook {
    HTMLLook(
      "br", "height:6px;line-height:6px;font-size:0;background:\(tone.colours.strong);border-radius:10px 10px 0 0")
  }

  static func number(_ tone: Report.Tone?) -> HTMLLook {
    let style = "font-size:24px;line-height:1.25;font-weight:600;color:"
    guard let tone else { return HTMLLook("n0", style + "#1f2933", dark: "color:#f3f5f7") }
    return HTMLLook("n\(tone.colours.number)", style + tone.colours.strong, dark: "color:\(tone.colours.dark.text)")
  }

  static func notice(_ tone: Report.Tone) -> HTMLLook {
    HTMLLook(
      "k\(tone.colours.number)",
      "padding:12px 14px;font-size:14px;word-break:break-word;border-left:4px solid \(tone.colours.strong);background:\(tone.colours.pale)",
      dark: "background:\(tone.colours.dark.background)")
  }

  private static let all: [HTMLLook] =
    [
      page, card, body, kicker, headline, figure, label, part, chapter, note, group, title, count, brief, people,
      footer,
    ]
    + [nil, .good, .attention, .bad].map(number) + [.good, .attention, .bad].map(notice)

  /// The rules for dark mode and for narrow screens.
  static let sheet: String = {
    let dark = all.filter { !$0.dark.isEmpty }.map { look in
      ".\(look.name){" + look.dark.split(separator: ";").map { "\($0)!important" }.joined(separator: ";") + "}"
    }
    return ":root{color-scheme:light dark}\n@media (prefers-color-scheme:dark){\n" + dark.joined(separator: "\n")
      + "\n}\n@media (max-width:480px){\n.bd{padding:16px!important}\n.n0,.n1,.n2,.n3{font-size:20px!important}\n"
      + ".pp{display:block!important;width:auto!important;padding:0!important;font-size:12px!important}\n}\n"
  }()
}

/// The number of a tone in the names of styles, and its colours.
extension Report.Tone {
  fileprivate typealias Colours = (number: Int, strong: String, pale: String, dark: (text: String, background: String))

  fileprivate var colours: Colours {
    switch self {
    case .good: (1, "#127a45", "#ecf8f1", ("#63d297", "#15301f"))
    case .attention: (2, "#b25800", "#fff6e5", ("#f7b955", "#35290f"))
    case .bad: (3, "#b3261e", "#fdeeec", ("#ff8a80", "#3b1a17"))
    }
  }
}
