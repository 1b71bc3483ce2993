#pragma once

#include "command.hpp"

#include <string>

namespace fairlead::cli {

/// The help page of `command` (`top`: the program's) as fairlead shows it: purpose, usage, options
/// in groups, examples. Wrapped to `columns`, at least 60 and at most 100. Ends with a newline.
std::string help_page(CommandId command, std::size_t columns);

/// The page in the layout of the reference: what scripts that read help know. No wrapping.
/// \param package_folder for the closing line of the program's page
std::string drop_in_page(CommandId command, const std::string& package_folder);

/// The reference's whole answer to a usage error: page, closing line, message.
std::string drop_in_usage_error(CommandId command, const std::string& message,
                                const std::string& package_folder);

}  // namespace fairlead::cli
