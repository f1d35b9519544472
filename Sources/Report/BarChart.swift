import Calendar

/// Bars for the days of a period, as SVG within a page.
struct BarChart: Sendable {
  /// The parts of a bar, from the bottom.
  enum Part: String, CaseIterable {
    case sent, excluded, rejected

    var label: String {
      switch self {
      case .sent: "sent to Alma"
      case .excluded: "left out by policy"
      case .rejected: "rejected"
      }
    }
  }

  /// Why a day has no bar. The name is its class in the page.
  enum Mark: String {
    case missed, failed

    var label: String {
      switch self {
      case .missed: "no run"
      case .failed: "failed"
      }
    }
  }

  private let days: [Day]
  private var counts: [Part: [Day: Int]] = [:]
  private var marks: [Day: Mark] = [:]

  private static let width = 960.0

  init(days: [Day]) { self.days = days }

  mutating func add(_ count: Int, of part: Part, on day: Day) { counts[part, default: [:]][day, default: 0] += count }

  /// Marks a day that has no bar.
  mutating func mark(_ day: Day, _ mark: Mark) { marks[day] = mark }

  func total(of part: Part) -> Int { counts[part]?.values.reduce(0, +) ?? 0 }

  private func total(on day: Day) -> Int { Part.allCases.reduce(0) { $0 + (counts[$1]?[day] ?? 0) } }

  /// The number of the highest bar.
  var highest: Int { days.map(total).max() ?? 0 }

  /// - Parameters:
  ///   - label: what the bars are, for those who do not see them.
  ///   - height: of the highest bar.
  ///   - highest: the number of a bar of that height; nil for the highest of this chart.
  func svg(label: String, height: Double = 150, highest: Int? = nil, hasAxis: Bool = true) -> String {
    let left = hasAxis ? 52.0 : 0, top = hasAxis ? 14.0 : 2
    let scale = max(1, Double(highest ?? self.highest)), step = (Self.width - left) / Double(max(1, days.count))
    let bottom = top + height, full = bottom + (hasAxis ? 22 : 2)
    var svg = "<svg viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(full))\" role=\"img\" "
    svg += "aria-label=\"\(HTMLRendering.escaped(label))\">\n"
    if hasAxis { svg += axis(scale, left, top, bottom) }
    for (index, day) in days.enumerated() {
      let x = left + Double(index) * step
      if let mark = marks[day] {
        svg += Self.bar(mark.rawValue, x, top, step, height, "\(day): \(mark.label)")
      }
      var y = bottom
      for part in Part.allCases {
        guard let count = counts[part]?[day], count > 0 else { continue }
        let size = max(1, Double(count) / scale * height)
        y -= size
        svg += Self.bar(part.rawValue, x, y, step, size, "\(day): \(Phrase.number(count)) \(part.label)")
      }
      if hasAxis, isLabelled(index) {
        let text = "\(day.description.dropFirst(5))"
        let anchor = x > Self.width - 40 ? " text-anchor=\"end\"" : ""
        let at = anchor.isEmpty ? x : Self.width
        svg += "<text x=\"\(Self.number(at))\" y=\"\(Self.number(full - 6))\"\(anchor)>\(text)</text>\n"
      }
    }
    return svg + "</svg>\n"
  }

  /// About eight days have their names below.
  private func isLabelled(_ index: Int) -> Bool { index % max(1, (days.count + 7) / 8) == 0 }

  /// The lines and numbers of the highest bar and of the half.
  private func axis(_ scale: Double, _ left: Double, _ top: Double, _ bottom: Double) -> String {
    var numbers = [Int(scale), Int(scale) / 2, 0]
    if scale < 2 { numbers = [Int(scale), 0] }
    return numbers.map { number in
      let y = bottom - Double(number) / scale * (bottom - top)
      return "<line x1=\"\(Self.number(left))\" x2=\"\(Self.number(Self.width))\" y1=\"\(Self.number(y))\" "
        + "y2=\"\(Self.number(y))\"/><text x=\"\(Self.number(left - 8))\" y=\"\(Self.number(y + 4))\" "
        + "text-anchor=\"end\">\(Phrase.number(number))</text>\n"
    }.joined()
  }

  private static func bar(
    _ name: String, _ x: Double, _ y: Double, _ step: Double, _ height: Double, _ title: String
  ) -> String {
    let gap = min(4, step * 0.2)
    return "<rect class=\"\(name)\" x=\"\(number(x + gap / 2))\" y=\"\(number(y))\" width=\"\(number(step - gap))\" "
      + "height=\"\(number(height))\"><title>\(HTMLRendering.escaped(title))</title></rect>\n"
  }

  /// With one decimal.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}
