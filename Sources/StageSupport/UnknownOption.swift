import ArgumentParser

extension StageCommand {
  /// The first long option of a command line that this executable does not have; nil where there is none.
  ///
  /// The argument parser names an option that is missing, and not the one that is misspelled, where both are wrong.
  static func unknownOption(in arguments: [String]) -> String? {
    let known = Set(
      helpMessage(includeHidden: true).split { $0.isWhitespace || "=,/:.;()[]'|".contains($0) }
        .filter { $0.hasPrefix("--") }.map(String.init))
    return arguments.prefix { $0 != "--" }.lazy.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }.first { !known.contains($0) }
  }
}
