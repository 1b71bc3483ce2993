#pragma once

#include "argument_scan.hpp"

#include <string>

namespace fairlead::cli {

/// What is wrong with the command line of one command, in the words of the reference; "" when
/// nothing is. The checks run in the reference's order and stop at the first that fails. \param
/// scan cut with the grammar of `command`, its words without the command's own
std::string check_arguments(const Scan& scan, const Command& command);

}  // namespace fairlead::cli
