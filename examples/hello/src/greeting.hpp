#pragma once

#include <string>

/// "Ahoy, sailor!": the salutation that the greeting feature installed, and `name`; with an empty
/// name that of HELLO_NAME.
std::string greeting(const std::string& name);
