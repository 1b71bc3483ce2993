#pragma once

#include <string>
#include <string_view>

/// Paths as text, for both sides: what a path means in the container cannot be asked of the file
/// system here, and on the host links must stay as the user wrote them.
namespace fairlead::posix_path {

/// Without ".", ".." and doubled or trailing slashes, by text alone. "" is ".".
std::string normalize(std::string_view path);

/// `path` seen from `folder`, normalized; an absolute `path` stands for itself.
std::string resolve(std::string_view folder, std::string_view path);

/// The last segment, trailing slashes ignored; "" of "/".
std::string basename(std::string_view path);

/// Everything before the last segment; "." or "/" when there is nothing.
std::string dirname(std::string_view path);

/// The way from `folder` to `path`, both absolute; "" when they are the same.
std::string relative(std::string_view folder, std::string_view path);

}  // namespace fairlead::posix_path
