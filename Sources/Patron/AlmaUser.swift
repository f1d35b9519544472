/// A user as Alma's schema has it: the parts of the outline that it consists of, in the order in which they are written.
///
/// The texts stay with the person.
public struct AlmaUser: Sendable {
  /// What parts are made of. A step names its tag, and the field whose text goes in.
  public enum Step: Sendable, Equatable {
    /// An element with other elements in it begins.
    case open(tag: UInt16)
    /// That element ends.
    case close(tag: UInt16)
    /// An element with nothing but the text of a field; none where the person has no text there.
    case text(tag: UInt16, Field)
    /// The same, and the text stands in its attribute `desc` too.
    case describedText(tag: UInt16, Field)
    /// An element whose text is the same for everybody: the tag's `content`.
    case constant(tag: UInt16)
  }

  /// The numbers of the parts.
  public internal(set) var parts: [UInt16] = []

  public init() {}
}
