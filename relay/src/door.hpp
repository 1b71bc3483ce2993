#pragma once

namespace fairlead::relay {

/// Listens on every IPv4 address for one connection that says the right word, so that the session
/// need not go through an exec of the engine. The word, 32 bytes, comes on the standard input; the
/// port is said on the standard output, as text and a line's end. Who says another word, or nothing
/// in time, is hung up on; the right one takes the place of the standard streams, and nobody is
/// listened for any more. False: nobody came.
bool wait_at_door();

}  // namespace fairlead::relay
