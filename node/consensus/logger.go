package consensus

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/cometbft/cometbft/libs/log"
)

// engineLogger gives the engine's log lines to slog. The engine says "info" for what
// happens at every block and "error" for a peer that went away, so each level is one
// lower here: error becomes warn, info becomes debug, debug is dropped.
type engineLogger struct {
	log *slog.Logger
	// halted hears of the one line with which the engine's consensus goroutine says
	// that it has ended for good.
	halted func(reason string)
	// leaving reports that the engine is being stopped: it then complains at length
	// that things are not there any more.
	leaving func() bool
}

var _ log.Logger = engineLogger{}

// consensusFailure begins the line that consensus/state.go logs before it ends.
const consensusFailure = "CONSENSUS FAILURE"

func (l engineLogger) Debug(string, ...any) {}

func (l engineLogger) Info(msg string, keyvals ...any) { l.write(slog.LevelDebug, msg, keyvals) }

func (l engineLogger) Warn(msg string, keyvals ...any) { l.write(slog.LevelInfo, msg, keyvals) }

func (l engineLogger) Error(msg string, keyvals ...any) {
	if strings.HasPrefix(msg, consensusFailure) {
		l.halted(failureReason(keyvals))
		l.write(slog.LevelError, msg, keyvals)
		return
	}
	level := slog.LevelWarn
	if l.leaving() {
		level = slog.LevelDebug
	}
	l.write(level, msg, keyvals)
}

func (l engineLogger) With(keyvals ...any) log.Logger {
	l.log = l.log.With(attrs(keyvals)...)
	return l
}

func (l engineLogger) write(level slog.Level, msg string, keyvals []any) {
	ctx := context.Background()
	if !l.log.Enabled(ctx, level) {
		return
	}
	l.log.Log(ctx, level, "engine", append([]any{slog.String("message", msg)}, attrs(keyvals)...)...)
}

// attrs renders values as text only when they are logged: the engine passes lazy
// Stringers that are costly, or that must not be read later.
func attrs(keyvals []any) []any {
	out := make([]any, 0, len(keyvals)/2)
	for i := 0; i+1 < len(keyvals); i += 2 {
		out = append(out, slog.String(fmt.Sprint(keyvals[i]), fmt.Sprint(keyvals[i+1])))
	}
	return out
}

func failureReason(keyvals []any) string {
	for i := 0; i+1 < len(keyvals); i += 2 {
		if keyvals[i] == "err" {
			return fmt.Sprint(keyvals[i+1])
		}
	}
	return "no reason given"
}
