#include "lib/Frontend/Common/OpTable.h"
