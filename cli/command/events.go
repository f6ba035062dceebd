package command

import (
	"context"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/node/client"
)

// eventsAtOnce is how many events one request asks for.
const eventsAtOnce = 500

func (a *app) eventsCommand() *cobra.Command {
	var cursor string
	var follow bool
	return a.command(spec{
		use: "events", short: "List what happened that concerns your member, or follow it",
		long: `Events are the ledger's notices that name your member, oldest first. Each has a
cursor: give the last one with --cursor to go on behind it, at any node. "latest"
stands for what happens from now on.

With --follow the command stays and prints each event once as it happens, also over
a node's restart, until it is interrupted. With --json each is a line of its own.`,
		example: "  scf events --as supplier1/maker\n  scf events --follow --cursor latest --json --as supplier1/maker\n  scf events --cursor 1200-3-1 --as supplier1/maker",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&cursor, "cursor", "", "go on behind this event; latest: only what happens from now on")
			f.BoolVar(&follow, "follow", false, "stay, and print what happens")
		},
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if follow {
				return a.follow(ctx, s, cursor)
			}
			list, err := s.eventsBehind(ctx, cursor)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeEvents(w, list, names) })
		},
	})
}

// eventsBehind reads all events behind a cursor.
func (s *session) eventsBehind(ctx context.Context, cursor string) ([]client.Event, error) {
	list := []client.Event{}
	for {
		page, err := s.Events(ctx, cursor, eventsAtOnce)
		if err != nil || len(page.Items) == 0 && page.Next == cursor {
			return list, err
		}
		list = append(list, page.Items...)
		if len(page.Items) == 0 && cursor == client.Latest {
			return list, nil
		}
		cursor = page.Next
	}
}

func writeEvents(w io.Writer, list []client.Event, names func(string) string) {
	t := columns("TIME", "KIND", "SUBJECT", ">AMOUNT", "BY", "WAITS FOR YOU", "UNTIL", "CURSOR")
	for i := range list {
		e := &list[i]
		t.add(e.Time.String(), e.Kind.String(), e.Subject, yuanSaid(e.Amount), names(e.Member), waitsSaid(e), when(e.Until), e.Cursor)
	}
	t.write(w, "no events")
}

// waitsSaid is whether an event's subject waits for the reader.
func waitsSaid(e *client.Event) string {
	switch {
	case e.Opens:
		return "yes"
	case e.Closes:
		return "no longer"
	default:
		return ""
	}
}

// follow prints events as they happen until ctx ends.
func (a *app) follow(ctx context.Context, s *session, cursor string) error {
	names := s.names(ctx)
	for e, err := range s.Follow(ctx, cursor) {
		if err != nil {
			return err
		}
		if err := a.writeEvent(&e, names); err != nil {
			return err
		}
	}
	return nil
}

// writeEvent writes one event as a line.
func (a *app) writeEvent(e *client.Event, names func(string) string) error {
	if a.json {
		text, err := json.Marshal(e, json.Deterministic(true), json.OmitZeroStructFields(true))
		if err != nil {
			return fmt.Errorf("write an event as JSON: %w", err)
		}
		_, err = fmt.Fprintf(a.Out, "%s\n", text)
		return err
	}
	by := names(e.Member)
	if by != "" {
		by = "  by " + by
	}
	if waits := waitsSaid(e); waits != "" {
		by += "  waits for you: " + waits
	}
	_, err := fmt.Fprintf(a.Out, "%s  %-22s  %s  %s%s\n", e.Time, e.Kind, e.Subject, yuan(e.Amount), by)
	return err
}
