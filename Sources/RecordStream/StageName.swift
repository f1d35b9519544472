/// The names of the stages, as in summaries.
package enum StageName {
  package static let fetch = "ps-fetch"
  package static let validate = "patron-validate"
  package static let convert = "patron-to-xml"
  package static let pack = "feed-zip"
  package static let push = "feed-push"
  package static let loads = "load-report"

  /// The stages of a feed, in their order.
  package static let ofFeed = [fetch, validate, convert, pack, push]
}
