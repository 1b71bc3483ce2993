#pragma once

namespace fairlead::relay {

/// The relay as a function, which the fuzz targets and tests have, too: `relay serve` speaks the
/// protocol on its standard input and output until that ends. Returns the exit status.
int relay_program(int argc, char** argv, char** environment);

}  // namespace fairlead::relay
