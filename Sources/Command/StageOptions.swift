public import ArgumentParser
package import Calendar
package import Stage

/// The options that every stage has.
package struct StageOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Report on standard error what is done.")
  package var verbose = false

  @Option(
    help:
      "Show a live count and rate on standard error: auto (if it is a terminal), always or never; or on the session's terminal."
  )
  package var progress = ProgressMode.auto

  @Option(
    file:
      "Write the stream to this file, not to standard output; the file gets this name when it is complete.")
  package var streamTo: String?

  package init() {}

  package static let settings: [Setting] = [.switch("verbose"), .option("progress")]
}

extension StageRunner {
  /// The runner of an executable.
  package init(_ name: String, _ options: StageOptions) throws {
    try self.init(name, streamTo: options.streamTo, isVerbose: options.verbose, progress: options.progress)
  }
}

extension ProgressMode: ExpressibleByArgument {}

extension Day: ExpressibleByArgument {
  /// A day of the command line, written YYYY-MM-DD.
  package init?(argument: String) { self.init(argument) }
}

extension WaitingTime: ExpressibleByArgument {
  /// A time of the command line, as 90m, 24h or 2d.
  package init?(argument: String) { self.init(argument) }
}
