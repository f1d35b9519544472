public import ArgumentParser
public import Calendar
public import Stage

/// The options that every stage has.
public struct StageOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Report on standard error what is done.")
  public var verbose = false

  @Option(
    help:
      "Show a live count and rate on standard error: auto (if it is a terminal), always or never; or on the session's terminal."
  )
  public var progress = ProgressMode.auto

  @Option(
    file:
      "Write the stream to this file, not to standard output; the file gets this name when it is complete.")
  public var streamTo: String?

  public init() {}

  public static let settings: [Setting] = [.switch("verbose"), .option("progress")]
}

extension StageRunner {
  /// The runner of an executable.
  public init(_ name: String, _ options: StageOptions) throws {
    try self.init(name, streamTo: options.streamTo, isVerbose: options.verbose, progress: options.progress)
  }
}

extension ProgressMode: ExpressibleByArgument {}

extension Day: ExpressibleByArgument {
  /// A day of the command line, written YYYY-MM-DD.
  public init?(argument: String) { self.init(argument) }
}

extension WaitingTime: ExpressibleByArgument {
  /// A time of the command line, as 90m, 24h or 2d.
  package init?(argument: String) { self.init(argument) }
}
