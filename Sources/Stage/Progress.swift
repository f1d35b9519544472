/// When the live count on standard error is shown.
package enum ProgressMode: String, CaseIterable, Sendable {
  /// If standard error is a terminal.
  case auto
  case always, never

  var isOn: Bool {
    switch self {
    case .auto: Diagnostics.isTerminal
    case .always: true
    case .never: false
    }
  }
}

/// A live count and rate on standard error, for long work at a terminal.
package struct Progress: Sendable {
  private let program: String
  private let isOn: Bool
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private var hasShown = false
  private var calls = 0

  package init(program: String, mode: ProgressMode) {
    self.program = program
    isOn = mode.isOn
  }

  /// Calls `show` every 1,024 calls.
  @inline(__always)
  package mutating func update(_ count: () -> (Int, String)) {
    guard isOn else { return }
    calls &+= 1
    if calls & 0x3FF == 0 { show(count()) }
  }

  /// Shows the count if half a second has passed since it was last shown.
  package mutating func show(_ count: (number: Int, unit: String)) {
    let now = ContinuousClock.now
    guard isOn, shown.duration(to: now) >= .milliseconds(500) else { return }
    shown = now
    hasShown = true
    let seconds = Double(start.duration(to: now).components.seconds) + 0.5
    Diagnostics.write("\r\u{1B}[K\(program): \(count.number) \(count.unit), \(Int(Double(count.number) / seconds))/s")
  }

  /// Erases the progress line before other output.
  package mutating func clear() {
    if hasShown { Diagnostics.write("\r\u{1B}[K") }
    hasShown = false
  }
}
