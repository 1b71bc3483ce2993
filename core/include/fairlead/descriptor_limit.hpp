#pragma once

namespace fairlead {

/// Lets this process have as many open files as the system allows. Commands that it runs on
/// this machine keep the limit that it has now: programs look at theirs, and some close every
/// descriptor below it. Call it before threads start.
void allow_many_descriptors();

}  // namespace fairlead
