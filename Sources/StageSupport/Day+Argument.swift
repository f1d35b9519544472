public import ArgumentParser
public import Calendar

extension Day: ExpressibleByArgument {
  /// A day of the command line, written YYYY-MM-DD.
  public init?(argument: String) { self.init(argument) }
}
