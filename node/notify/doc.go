// Package notify tells the outside what happened on the ledger: a member's own
// programs by webhook, its people by e-mail, text message or 企业微信.
//
// All of it derives from access.Feed, the notices that name a member. What is to be
// sent is stored in the node's own data (node/local) together with the place in the
// feed, in one batch, before anything leaves: a crash loses nothing and may repeat
// what was under way. What cannot be delivered is tried again with growing pauses, and
// in the end kept as dead until somebody asks for it again.
//
// The package never decides anything on the ledger, never shows a member what concerns
// another, and never writes a secret or the address of a target into a log. node/api
// calls it for the people of the members, package node runs it beside the ledger.
package notify
