// Package faults breaks networks of separate processes and watches what becomes of
// them. It holds tests only, drives the program as an operator does, and never links
// a node: what it kills are processes.
package faults
