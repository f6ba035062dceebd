package store

import "fmt"

// Fault is an error of the disk or of the database: after it the node does not know what it can read or what was written, and
// must stop. The first Fault of a Store is final; every later call returns it.
type Fault struct {
	Op  string // what was being done
	Err error
}

func (f *Fault) Error() string { return fmt.Sprintf("storage fault: %s: %v", f.Op, f.Err) }

// Unwrap is the error that Pebble returned.
func (f *Fault) Unwrap() error { return f.Err }

// Err is the fault of this store, or nil. A long-running process looks at it between blocks: work in the background fails
// without a caller.
func (s *Store) Err() error {
	if f := s.fault.Load(); f != nil {
		return f
	}
	return nil
}

// fail records the fault and returns the one that counts, which is the first.
func (s *Store) fail(op string, err error) *Fault {
	f := &Fault{Op: op, Err: err}
	if s.fault.CompareAndSwap(nil, f) {
		close(s.faulted)
		s.options.Logger.Error("storage fault: the node must stop", "store", s.dir, "op", op, "error", err)
		return f
	}
	return s.fault.Load()
}

// attempt runs what may panic inside Pebble, or wait for ever for a disk that does not take what Pebble has to write. It
// returns the error of run, or the fault of the store as soon as there is one; run may then still be waiting.
func (s *Store) attempt(op string, run func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				s.fatal.Store(true)
				done <- s.fail(op, panicked(r))
			}
		}()
		done <- run()
	}()
	select {
	case err := <-done:
		if err != nil {
			return err
		}
	case <-s.faulted:
	}
	return s.Err()
}

// panicked is the error in what Pebble panicked with.
func panicked(r any) error {
	if err, ok := r.(error); ok {
		return err
	}
	return fmt.Errorf("pebble: %v", r)
}

// logger routes Pebble's messages.
type logger struct{ s *Store }

func (l logger) Infof(format string, args ...any) {
	l.s.options.Logger.Debug("pebble", "message", fmt.Sprintf(format, args...), "store", l.s.dir)
}

func (l logger) Errorf(format string, args ...any) {
	l.s.options.Logger.Error("pebble", "message", fmt.Sprintf(format, args...), "store", l.s.dir)
}

// Fatalf is called where Pebble cannot go on: a failed write of the log or of the list of files.
func (l logger) Fatalf(format string, args ...any) {
	l.s.fatal.Store(true)
	err := fmt.Errorf(format, args...)
	for _, a := range args {
		if cause, ok := a.(error); ok {
			err = fmt.Errorf("%w (%w)", err, cause)
		}
	}
	f := l.s.fail("write", err)
	if l.s.options.OnFatal == nil {
		panic(f)
	}
	l.s.options.OnFatal(f)
}
