package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
)

// Limits of event streams.
const (
	// MaxStreams is how many event streams a member may have open at a node.
	MaxStreams = 8
	// DefaultHeartbeat is how often a stream without events says that it is there.
	DefaultHeartbeat = 15 * time.Second

	maxStreamsOfAll = 2048
	streamLife      = time.Hour        // then the client comes back with a new login
	streamPatience  = 30 * time.Second // for one write
	eventsAtOnce    = 100
	latest          = "latest" // cursor behind everything there is
)

type eventsInput struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"The next of the page before, or the cursor of an event; latest for what happens from now on; left out for the beginning"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// eventsView is a page of events; unlike that of a list, its next is always there.
type eventsView struct {
	Items []access.Event `json:"items"`
	Next  string         `json:"next" doc:"Where to go on, now or later" example:"1200-3-1"`
}

func (s *Server) events(r *reading, in *eventsInput) (*eventsView, error) {
	from, err := r.place(in.Cursor)
	if err != nil {
		return nil, err
	}
	feed, err := r.Feed(from, in.Limit)
	if err != nil {
		return nil, err
	}
	return &eventsView{feed.Items, feed.Next.String()}, nil
}

// place reads the cursor of a feed.
func (r *reading) place(cursor string) (access.Place, error) {
	if cursor == latest {
		return access.PlaceAfter(r.head.Height), nil
	}
	return access.ParsePlace(cursor)
}

type streamInput struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"As for a page of events; left out for the beginning"`
	LastID string `header:"Last-Event-ID" maxLength:"64" doc:"Goes before the cursor: the id of the last event that arrived"`
}

// streamEvents begins a stream: all that can be refused is, before it answers 200.
func (s *Server) streamEvents(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	r, release, err := s.open(ctx)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	defer release()
	if r.Viewer, err = s.login(r.Moment, r.facts); err != nil {
		return nil, s.problem(ctx, err)
	}
	cursor := in.Cursor
	if in.LastID != "" {
		cursor = in.LastID
	}
	from, err := r.place(cursor)
	var leave func()
	if err == nil {
		leave, err = s.streams.enter(r.Member.ID)
	}
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	member, key := r.Member.ID, r.Credential.ID
	return &huma.StreamResponse{Body: func(h huma.Context) {
		defer leave()
		_, w := humago.Unwrap(h)
		header := w.Header()
		header.Set("Content-Type", "text/event-stream")
		header.Set("X-Accel-Buffering", "no") // of a proxy before the node
		w.WriteHeader(http.StatusOK)
		s.stream(h.Context(), &eventWriter{w: w, control: http.NewResponseController(w)}, member, key, from)
	}}, nil
}

// stream sends events until the client is gone, the viewer's key is no longer in force,
// the stream had its time or the node stops.
func (s *Server) stream(ctx context.Context, out *eventWriter, member string, key record.Digest, from access.Place) {
	beat := time.NewTicker(s.Heartbeat)
	defer beat.Stop()
	life := time.NewTimer(streamLife)
	defer life.Stop()
	if out.write([]byte(": events of "+member+"\n\n")) != nil {
		return
	}
	for {
		block := s.Finals.block() // before the ledger is read: a block in between is seen
		feed, err := s.nextEvents(ctx, member, key, from)
		if err != nil {
			out.end(s.problem(ctx, err))
			return
		}
		for i := range feed.Items {
			if out.event(&feed.Items[i]) != nil {
				return
			}
		}
		from = feed.Next
		if feed.More { // the client is catching up
			if s.ends(ctx, life.C) {
				return
			}
			continue
		}
		select {
		case <-block:
		case <-beat.C:
			if out.write([]byte(": still here\n\n")) != nil {
				return
			}
		case <-life.C:
			return
		case <-s.stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

// ends reports whether a stream has to end now, without waiting for it.
func (s *Server) ends(ctx context.Context, life <-chan time.Time) bool {
	select {
	case <-life:
	case <-s.stop:
	case <-ctx.Done():
	default:
		return false
	}
	return true
}

// nextEvents reads on in one snapshot, in which the viewer's key is in force and still
// of the member. The snapshot is closed before anything is sent to a slow client.
func (s *Server) nextEvents(ctx context.Context, member string, key record.Digest, from access.Place) (access.Feed, error) {
	r, release, err := s.open(ctx)
	if err != nil {
		return access.Feed{}, err
	}
	defer release()
	viewer, err := access.Identify(r.Moment, key)
	if err != nil {
		return access.Feed{}, err
	}
	if viewer.Member.ID != member {
		return access.Feed{}, code.NotAuthorised.New("")
	}
	return access.FeedOf(r.View, member, from, eventsAtOnce)
}

// eventWriter writes server-sent events, each within a bounded time.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (e *eventWriter) write(text []byte) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(streamPatience)); err != nil {
		return err
	}
	if _, err := e.w.Write(text); err != nil {
		return err
	}
	return e.control.Flush()
}

func (e *eventWriter) event(v *access.Event) error {
	text, err := inJSON(v)
	if err != nil {
		return err
	}
	return e.write(fmt.Appendf(nil, "id: %s\nevent: %s\ndata: %s\n\n", v.Cursor, v.Kind, text))
}

// end says why the stream ends.
func (e *eventWriter) end(p *Problem) {
	if text, err := inJSON(p); err == nil {
		_ = e.write(fmt.Appendf(nil, "event: end\ndata: %s\n\n", text)) // the client may be gone
	}
}

// inJSON is a value in one line, as the API writes it.
func inJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	err := format().Marshal(&b, v)
	return bytes.TrimSpace(b.Bytes()), err
}

func (s *Server) eventRoutes() {
	tags := []string{"events"}
	const about = "Events are the ledger's notices that name the viewer's member, in the order of the ledger. "
	read(s, huma.Operation{
		OperationID: "listEvents", Path: "/v1/events", Tags: tags, Summary: "What happened that concerns the viewer's member",
		Description: about + "The answer always has a next: ask again with it later, and nothing is missed or seen twice. A cursor is good at every node.",
	}, s.events)
	op := documented(s, huma.Operation{
		OperationID: "streamEvents", Method: http.MethodGet, Path: "/v1/events/stream", Tags: tags, Summary: "The same as server-sent events",
		Description: about + "Each has its cursor as id, its kind as event and itself as data. The stream ends when the key with which it was opened " +
			"is no longer in force, after an hour, and when the node stops: come back with the last id. A line that begins with a colon every 15 seconds says that it lives.",
		Security: []map[string][]string{{"login": {}}},
	})
	op.Responses["200"] = &huma.Response{
		Description: "Server-sent events", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	huma.Register(s.api, op, s.streamEvents)
}
