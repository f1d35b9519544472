public import ArgumentParser

/// The options that every stage has.
public struct StageOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Say on standard error what is going on.")
  public var verbose = false

  @Option(help: "Show a live count and rate on standard error: auto (on a terminal), always or never.")
  public var progress = ProgressMode.auto

  @Option(
    help: ArgumentHelp(
      "Write the stream to this file, not to standard output; it gets its name only when the stage's summary is in it.",
      valueName: "file"))
  public var streamTo: String?

  public init() {}

  /// The settings among them, for every stage's list.
  public static let settings: [Setting] = [.switch("verbose"), .option("progress")]
}

public enum ProgressMode: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, always, never

  var isOn: Bool {
    switch self {
    case .auto: Diagnostics.isTerminal
    case .always: true
    case .never: false
    }
  }
}
